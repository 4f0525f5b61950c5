import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKernelRoot } from './command.ts';
import { remedyOf } from './remedies.ts';

test('what bubblewrap says has a remedy', () => {
  const said: readonly (readonly [string, RegExp])[] = [
    ['setpriv: failed to execute bwrap: No such file or directory', /install bubblewrap/],
    ['spawn bwrap ENOENT', /install bubblewrap/],
    ['prlimit: failed to execute /usr/bin/python3: No such file or directory', /Python 3.9/],
    ['bwrap: setting up uid map: Permission denied', /apparmor/],
    [
      'bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)',
      /user.max_user_namespaces/,
    ],
    ['bwrap: No permissions to create new namespace', /unprivileged_userns_clone/],
    ['network: exit connected', /doctor sandbox/],
  ];
  for (const [reason, remedy] of said) assert.match(remedyOf(reason), remedy, reason);
});

test('only the root that the kernel knows steps down', () => {
  assert.ok(isKernelRoot(0, '         0          0 4294967295\n'));
  assert.ok(!isKernelRoot(0, '         0       1000          1\n'));
  assert.ok(!isKernelRoot(1000, '         0          0 4294967295\n'));
});
