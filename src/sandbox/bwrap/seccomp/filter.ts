// The candidate's system call filter, for x86-64 and arm64. Allows what syscalls.ts does not refuse. Installed in each test child, where it stays for
// every process that comes of it (inside/seccomp.py).
import { FIELD, give, type Instruction, load, unlessEqual, whenAnyBit, whenAtLeast, whenBelow, whenEqual } from './assemble.ts';
import { ABSENT, CLONE, DENIED, IOCTL, PRIORITY, SELF_ONLY, SOCKETS } from './syscalls.ts';

export type Architecture = 'x64' | 'arm64';

export const COLUMN: Readonly<Record<Architecture, 0 | 1>> = { x64: 0, arm64: 1 };
/** AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64 */
export const AUDIT: Readonly<Record<Architecture, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const errno = (number: number) => 0x00050000 | number;
export const ACTION = { allow: ALLOW, kill: KILL_PROCESS, EPERM: errno(1), ENOSYS: errno(38), EAFNOSUPPORT: errno(97) } as const;

/** Numbers from here on are the x32 interface: the same calls under other names. */
const X32 = 0x40000000;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET */
const CLONE_NEW = 0x7e020000;
const AF_UNIX = 1;
/** Characters pushed into a terminal's input; the console's menu of the same. */
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;

const allow = [give(ACTION.allow)];
const refuse = [give(ACTION.EPERM)];

/** Only 0 in this argument goes on. Which, who and pid are ints: the upper half of their registers says nothing. */
const mustBeZero = (argument: number): Instruction[] => [load(FIELD.low(argument)), ...unlessEqual(0, refuse)];

const onlyUnix = [load(FIELD.low(0)), ...unlessEqual(AF_UNIX, [give(ACTION.EAFNOSUPPORT)]), ...allow];
const noNamespaces = [load(FIELD.low(0)), ...whenAnyBit(CLONE_NEW, refuse), ...allow];
const noTyping = [load(FIELD.low(1)), ...whenEqual(TIOCSTI, refuse), ...whenEqual(TIOCLINUX, refuse), ...allow];

interface Rule {
  readonly number: number;
  /** Ends in a return. */
  readonly body: readonly Instruction[];
}

/** So few are looked at one after the other. */
const LEAF = 4;

/**
 * The rules by halving, what has none is allowed. A chain would do, but the kernel walks the whole program for every number there is when a test child
 * puts it on: a fifth of a millisecond each time.
 */
function halved(rules: readonly Rule[]): Instruction[] {
  if (rules.length <= LEAF) return [...rules.flatMap(({ number, body }) => whenEqual(number, body)), ...allow];
  const middle = Math.ceil(rules.length / 2);
  return [...whenBelow(rules[middle]!.number, halved(rules.slice(0, middle))), ...halved(rules.slice(middle))];
}

/** The filter for a machine, as instructions. */
export function filterFor(architecture: Architecture): readonly Instruction[] {
  const column = COLUMN[architecture];
  const rules = (table: Readonly<Record<string, readonly [number | null, number | null]>>, body: readonly Instruction[]): Rule[] =>
    Object.values(table).flatMap(numbers => (numbers[column] === null ? [] : { number: numbers[column], body }));
  const all = [
    ...rules(ABSENT, [give(ACTION.ENOSYS)]),
    ...rules({ CLONE }, noNamespaces),
    ...rules(SOCKETS, onlyUnix),
    ...rules({ IOCTL }, noTyping),
    ...rules(SELF_ONLY, [...mustBeZero(0), ...allow]),
    ...rules(PRIORITY, [...mustBeZero(0), ...mustBeZero(1), ...allow]),
    ...rules(DENIED, refuse),
  ];
  return [
    load(FIELD.architecture),
    ...unlessEqual(AUDIT[architecture], [give(ACTION.kill)]),
    load(FIELD.number),
    ...(architecture === 'x64' ? whenAtLeast(X32, [give(ACTION.ENOSYS)]) : []),
    ...halved(all.sort((one, other) => one.number - other.number)),
  ];
}

export const isArchitecture = (name: string): name is Architecture => name === 'x64' || name === 'arm64';
