// The tables of numbers against the kernel's own headers, where they are installed (Debian: linux-libc-dev). arm64 has the generic numbers, so that its
// column can be checked on any machine.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Architecture, AUDIT, COLUMN } from './filter.ts';
import { ABSENT, CLONE, DENIED, IOCTL, PRIORITY, SELF_ONLY, SOCKETS } from './syscalls.ts';

const TABLES = { ...DENIED, ...SELF_ONLY, ...PRIORITY, ...SOCKETS, ...ABSENT, clone: CLONE, ioctl: IOCTL };

const HEADERS: Readonly<Record<Architecture, readonly string[]>> = {
  x64: ['/usr/include/x86_64-linux-gnu/asm/unistd_64.h', '/usr/include/asm/unistd_64.h'],
  arm64: ['/usr/include/asm-generic/unistd.h'],
};

/** Calls whose names differ: the header's on the right. */
const RENAMED: Readonly<Record<string, string>> = { sysctl: '_sysctl' };

/** Name to number; `__NR3264_x` stands for x. */
function numbersIn(header: string): ReadonlyMap<string, number> {
  const lines = header.matchAll(/^#define __NR(?:3264)?_(\w+)\s+(\d+)\s*$/gm);
  return new Map([...lines].map(([, name = '', number]) => [name, Number(number)]));
}

for (const architecture of ['x64', 'arm64'] as const) {
  const file = HEADERS[architecture].find(existsSync);
  const skip = file === undefined && `none of ${HEADERS[architecture].join(', ')} is here`;

  test(`${architecture}: each call has the number that the kernel's header gives it`, { skip }, () => {
    const known = numbersIn(readFileSync(file!, 'utf8'));
    assert.ok(known.size > 250, `only ${known.size} calls in ${file}`);
    const { syscalls = 0, ...named } = Object.fromEntries(known);
    const newest = Math.max(syscalls - 1, ...Object.values(named).filter(n => n < 600));
    for (const [name, numbers] of Object.entries(TABLES)) {
      const ours = numbers[COLUMN[architecture]];
      const theirs = known.get(RENAMED[name] ?? name) ?? null;
      // A header older than the call does not know it; then its number is beyond all that it knows.
      if (theirs === null && ours !== null) assert.ok(ours > newest, `${name} is ${ours}, which ${file} has not up to ${newest}`);
      else assert.equal(ours, theirs, name);
    }
  });
}

const AUDIT_HEADERS = ['/usr/include/linux/audit.h', '/usr/include/linux/elf-em.h'];
const withoutAudit = !AUDIT_HEADERS.every(existsSync) && `${AUDIT_HEADERS.join(' and ')} are not here`;

test('the names of the two machines are those of the audit header', { skip: withoutAudit }, () => {
  const text = AUDIT_HEADERS.map(file => readFileSync(file, 'utf8')).join('\n');
  const numberOf = (name: string): number => Number(new RegExp(`^#define ${name}\\s+(\\w+)`, 'm').exec(text)![1]);
  const marks = numberOf('__AUDIT_ARCH_64BIT') + numberOf('__AUDIT_ARCH_LE');
  assert.match(text, /#define AUDIT_ARCH_AARCH64\s+\(EM_AARCH64\|__AUDIT_ARCH_64BIT\|__AUDIT_ARCH_LE\)/);
  assert.equal(AUDIT.arm64, marks + numberOf('EM_AARCH64'));
  assert.equal(AUDIT.x64, marks + numberOf('EM_X86_64'));
});
