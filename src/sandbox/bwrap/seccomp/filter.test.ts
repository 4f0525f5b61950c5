import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IF_ANY_BIT, IF_AT_LEAST, IF_EQUAL, type Instruction, LOAD, RETURN, toBytes } from './assemble.ts';
import { ACTION, type Architecture, filterFor } from './filter.ts';
import { ABSENT, CLONE, DENIED, IOCTL, PRIORITY, SELF_ONLY, SOCKETS } from './syscalls.ts';

const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7, i386: 0x40000003 };
const AF_UNIX = 1;
const AF_INET = 2;

/** What the kernel would answer, by running the program as the kernel does. */
function decide(program: readonly Instruction[], number: number, args: readonly number[] = [], audit = AUDIT.x64): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number, 0);
  data.writeUInt32LE(audit, 4);
  for (const [i, argument] of args.entries()) data.writeBigUInt64LE(BigInt.asUintN(64, BigInt(argument)), 16 + 8 * i);
  let word = 0;
  for (let at = 0; at < program.length; at++) {
    const { code, yes, no, k } = program[at]!;
    const jump = (holds: boolean) => {
      at += holds ? yes : no;
    };
    if (code === LOAD) word = data.readUInt32LE(k);
    else if (code === RETURN) return k;
    else if (code === IF_EQUAL) jump(word === k);
    else if (code === IF_AT_LEAST) jump(word >= k);
    else if (code === IF_ANY_BIT) jump((word & k) !== 0);
    else throw new Error(`no such instruction: ${code}`);
  }
  throw new Error('the program has no end');
}

const on =
  (architecture: Architecture) =>
  (number: number, args: readonly number[] = []) =>
    decide(filterFor(architecture), number, args, AUDIT[architecture]);

/** Numbers of calls that programs need, from the kernel's tables. */
const NEEDED: Readonly<Record<Architecture, Readonly<Record<string, number>>>> = {
  x64: {
    read: 0,
    write: 1,
    mmap: 9,
    brk: 12,
    fork: 57,
    vfork: 58,
    execve: 59,
    wait4: 61,
    getpid: 39,
    futex: 202,
    openat: 257,
    pipe2: 293,
    getrandom: 318,
  },
  arm64: {
    read: 63,
    write: 64,
    mmap: 222,
    brk: 214,
    execve: 221,
    wait4: 260,
    getpid: 172,
    futex: 98,
    openat: 56,
    pipe2: 59,
    getrandom: 278,
  },
};
const OTHERS = {
  x64: { clone: 56, clone3: 435, socket: 41, socketpair: 53, ioctl: 16, prlimit64: 302, setpriority: 141 },
  arm64: { clone: 220, clone3: 435, socket: 198, socketpair: 199, ioctl: 29, prlimit64: 261, setpriority: 140 },
} as const;

for (const architecture of ['x64', 'arm64'] as const) {
  const verdict = on(architecture);
  const calls = OTHERS[architecture];

  test(`${architecture}: what programs need is allowed`, () => {
    for (const [name, number] of Object.entries(NEEDED[architecture])) assert.equal(verdict(number, [1, 2, 3]), ACTION.allow, name);
  });

  test(`${architecture}: every call of the list is refused, whatever its arguments`, () => {
    for (const [name, [x64, arm64]] of Object.entries(DENIED)) {
      const number = architecture === 'x64' ? x64 : arm64;
      if (number !== null) for (const args of [[], [1, 1, 1], [-1, -1, -1]]) assert.equal(verdict(number, args), ACTION.EPERM, name);
    }
  });

  test(`${architecture}: sockets are local or none`, () => {
    for (const call of [calls.socket, calls.socketpair]) {
      assert.equal(verdict(call, [AF_UNIX, 1, 0]), ACTION.allow);
      for (const family of [0, AF_INET, 10, 16, 17, 40]) assert.equal(verdict(call, [family, 1, 0]), ACTION.EAFNOSUPPORT);
    }
  });

  test(`${architecture}: threads and forks are allowed, namespaces are not, and clone3 is not there`, () => {
    assert.equal(verdict(calls.clone, [0x3d0f00]), ACTION.allow, 'a thread');
    assert.equal(verdict(calls.clone, [17]), ACTION.allow, 'a fork');
    for (const flag of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000])
      assert.equal(verdict(calls.clone, [flag | 17]), ACTION.EPERM, flag.toString(16));
    assert.equal(verdict(calls.clone3), ACTION.ENOSYS);
  });

  test(`${architecture}: terminals are not typed into, with or without rubbish above the word`, () => {
    assert.equal(verdict(calls.ioctl, [0, 0x5401]), ACTION.allow);
    for (const request of [0x5412, 0x541c, 2 ** 32 + 0x5412]) assert.equal(verdict(calls.ioctl, [0, request]), ACTION.EPERM);
  });

  test(`${architecture}: limits and priorities are one's own`, () => {
    assert.equal(verdict(calls.prlimit64, [0, 7]), ACTION.allow);
    assert.equal(verdict(calls.prlimit64, [1, 7]), ACTION.EPERM);
    assert.equal(verdict(calls.setpriority, [0, 0, 5]), ACTION.allow);
    for (const args of [
      [0, 1, 5],
      [1, 0, 5],
      [2, 0, 5],
    ])
      assert.equal(verdict(calls.setpriority, args), ACTION.EPERM);
  });

  test(`${architecture}: another architecture is killed, and the program is one the kernel takes`, () => {
    const program = filterFor(architecture);
    assert.equal(decide(program, 0, [], AUDIT.i386), ACTION.kill);
    assert.equal(decide(program, 0, [], AUDIT[architecture === 'x64' ? 'arm64' : 'x64']), ACTION.kill);
    assert.ok(program.length < 4096);
    assert.equal(toBytes(program).length, 8 * program.length);
    for (const [i, { code, yes, no }] of program.entries())
      if (code !== RETURN) assert.ok(i + 1 + Math.max(yes, no) < program.length, `jump ${i} leaves the program`);
  });
}

test('x64: the x32 names of the same calls are not there', () => {
  assert.equal(on('x64')(0x40000000 + 39), ACTION.ENOSYS);
});

const RULED = { ...DENIED, ...SELF_ONLY, ...PRIORITY, ...SOCKETS, ...ABSENT, CLONE, IOCTL };

test('no number stands for two calls', () => {
  for (const column of [0, 1] as const) {
    const numbers = Object.values(RULED).flatMap(row => row[column] ?? []);
    assert.equal(new Set(numbers).size, numbers.length);
  }
});

for (const architecture of ['x64', 'arm64'] as const)
  test(`${architecture}: what no rule names is allowed, and what one names never without a look, over all numbers`, () => {
    const ruled = new Set(Object.values(RULED).flatMap(row => row[architecture === 'x64' ? 0 : 1] ?? []));
    const verdict = on(architecture);
    // Arguments that every rule refuses.
    for (let number = 0; number < 1024; number++)
      assert.equal(verdict(number, [2 ** 29 + 17, 0x5412, 1]) === ACTION.allow, !ruled.has(number), String(number));
  });
