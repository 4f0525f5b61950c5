// Classic BPF in the form the kernel's seccomp takes: instructions of eight bytes over struct seccomp_data, jumps forward only. Here are the few
// instructions a filter of rules needs; which rules, says filter.ts.

/** struct sock_filter */
export interface Instruction {
  readonly code: number;
  /** Instructions to skip when the condition holds, and when it does not. */
  readonly yes: number;
  readonly no: number;
  readonly k: number;
}

/** Bytes into struct seccomp_data. Arguments are 64 bits, little-endian on both machines; the rules look at ints, which lie in the lower half. */
export const FIELD = {
  number: 0,
  architecture: 4,
  low: (argument: number) => 16 + 8 * argument,
} as const;

export const LOAD = 0x20;
export const IF_EQUAL = 0x15;
export const IF_AT_LEAST = 0x35;
export const IF_ANY_BIT = 0x45;
export const RETURN = 0x06;

export const load = (field: number): Instruction => ({ code: LOAD, yes: 0, no: 0, k: field });
export const give = (action: number): Instruction => ({ code: RETURN, yes: 0, no: 0, k: action });

/** `body` runs where the loaded word equals k; it must end in a return. */
export const whenEqual = (k: number, body: readonly Instruction[]): Instruction[] => [
  { code: IF_EQUAL, yes: 0, no: body.length, k },
  ...body,
];
export const unlessEqual = (k: number, body: readonly Instruction[]): Instruction[] => [
  { code: IF_EQUAL, yes: body.length, no: 0, k },
  ...body,
];
export const whenAtLeast = (k: number, body: readonly Instruction[]): Instruction[] => [
  { code: IF_AT_LEAST, yes: 0, no: body.length, k },
  ...body,
];
export const whenBelow = (k: number, body: readonly Instruction[]): Instruction[] => [
  { code: IF_AT_LEAST, yes: body.length, no: 0, k },
  ...body,
];
export const whenAnyBit = (k: number, body: readonly Instruction[]): Instruction[] => [
  { code: IF_ANY_BIT, yes: 0, no: body.length, k },
  ...body,
];

/** The bytes that prctl(PR_SET_SECCOMP) is shown. Throws RangeError for a jump that does not fit its byte. */
export function toBytes(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [i, { code, yes, no, k }] of program.entries()) {
    bytes.writeUInt16LE(code, 8 * i);
    bytes.writeUInt8(yes, 8 * i + 2);
    bytes.writeUInt8(no, 8 * i + 3);
    bytes.writeUInt32LE(k, 8 * i + 4);
  }
  return bytes;
}
