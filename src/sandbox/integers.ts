// Integers as they cross the border: decimal, or hexadecimal where decimal would take quadratic time.

/** Of `123`, `-123`, `0x7b` or `-0x7b`. */
export const bigintOf = (text: string): bigint => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));
