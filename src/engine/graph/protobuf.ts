// Just enough of the protobuf wire format to write an ONNX model (onnx.proto3, IR version 9). It writes and never reads.
// Messages are trees of byte chunks, joined once at the end.

export type Chunk = Uint8Array | readonly Chunk[];

const utf8 = new TextEncoder();

function varint(value: number | bigint): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Uint8Array.from(out);
}

const tag = (field: number, wire: 0 | 2 | 5) => varint((field << 3) | wire);

function size(chunk: Chunk): number {
  return chunk instanceof Uint8Array ? chunk.length : chunk.reduce((sum, part) => sum + size(part), 0);
}

export const integer = (field: number, value: number | bigint): Chunk => [tag(field, 0), varint(value)];

export function float(field: number, value: number): Chunk {
  return [tag(field, 5), new Uint8Array(Float32Array.of(value).buffer)];
}

export const text = (field: number, value: string): Chunk => message(field, utf8.encode(value));

export const message = (field: number, content: Chunk): Chunk => [tag(field, 2), varint(size(content)), content];

export function join(chunk: Chunk): Uint8Array {
  const out = new Uint8Array(size(chunk));
  let at = 0;
  const put = (part: Chunk): void => {
    if (part instanceof Uint8Array) {
      out.set(part, at);
      at += part.length;
    } else part.forEach(put);
  };
  put(chunk);
  return out;
}
