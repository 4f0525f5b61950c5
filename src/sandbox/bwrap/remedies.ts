// From what bubblewrap or the kernel said to what the user can do about it. The first row that fits; the last fits all.

const ROWS: readonly (readonly [RegExp, string])[] = [
  [/is for Linux/, 'use Linux or, for Python elsewhere, install Deno (npm install deno pyodide)'],
  [
    /spawn (bwrap|sh) (ENOENT|EACCES)|bwrap: (not found|No such file)|failed to execute bwrap/,
    'install bubblewrap (apt install bubblewrap, dnf install bubblewrap)',
  ],
  [/setpriv/, 'run as a user other than root (or, where there is no setpriv, install util-linux)'],
  [/ENOSPC|No space left on device/, 'raise sysctl user.max_user_namespaces'],
  [
    /uid map|setting up uid/,
    'allow user namespaces for bwrap (Ubuntu 24.04: sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile)',
  ],
  [
    /No permissions to create|Creating new namespace failed|Operation not permitted/,
    'allow user namespaces: sysctl kernel.unprivileged_userns_clone=1; in a container, run it with --security-opt seccomp=unconfined --security-opt systempaths=unconfined',
  ],
  [/python3/, 'install Python 3.9 or newer as /usr/bin/python3 (apt install python3)'],
  [/no system call filter/, 'use an x86-64 or arm64 machine'],
];

/** One line. */
export const remedyOf = (reason: string): string =>
  ROWS.find(([said]) => said.test(reason))?.[1] ?? 'rest-em doctor sandbox shows what fails; until all holds this sandbox is not used';
