import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCgroups } from './cgroup.ts';

/** A folder that looks like a mounted hierarchy. */
function withTree(files: Readonly<Record<string, string>>, check: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'rest-em-cgroup-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    check(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('no hierarchy, no controller, or company in the folder: no cgroups, and nothing is left behind', () => {
  withTree({}, root => assert.equal(openCgroups(root, '0::/\n', 9), null));
  withTree({ 'a/cgroup.procs': '9\n', 'a/cgroup.controllers': 'cpu\n', 'a/cgroup.subtree_control': '\n' }, root => {
    assert.equal(openCgroups(root, '0::/a\n', 9), null);
    assert.deepEqual(readdirSync(join(root, 'a')).sort(), ['cgroup.controllers', 'cgroup.procs', 'cgroup.subtree_control']);
  });
  withTree({ 'a/cgroup.procs': '8\n9\n', 'a/cgroup.controllers': 'memory\n', 'a/cgroup.subtree_control': '\n' }, root => {
    assert.equal(openCgroups(root, '0::/a\n', 9), null);
    assert.equal(readdirSync(join(root, 'a')).length, 3);
  });
});

const here = openCgroups();

test('a cgroup of this machine takes a limit, counts kills, and goes', { skip: here === null && 'this process may make no cgroup' }, () => {
  const cgroup = here!.make('test');
  cgroup.setMemory(2 ** 27);
  assert.equal(cgroup.oomKills(), 0);
  assert.ok(cgroup.remove());
  assert.ok(cgroup.remove(), 'gone is gone');
});
