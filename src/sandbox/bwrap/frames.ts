// The host's end of the wire (inside/wire.py): four bytes of length, big-endian, then JSON. Reads what comes in pieces; a frame beyond the limit is an
// error before its bytes are kept.
import { LARGEST_FRAME } from './limits.ts';

const HEADER = 4;

export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export function packFrame(message: object): Buffer {
  const text = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(text.length);
  return Buffer.concat([header, text]);
}

export class FrameReader {
  private parts: Buffer[] = [];
  private length = 0;

  /** The texts of the frames that this piece completes. Throws FrameError for one that is too long. */
  push(piece: Buffer): string[] {
    this.parts.push(piece);
    this.length += piece.length;
    const texts: string[] = [];
    for (let size = this.nextSize(); size !== null && this.length >= HEADER + size; size = this.nextSize()) {
      const all = this.joined();
      texts.push(all.toString('utf8', HEADER, HEADER + size));
      this.parts = [all.subarray(HEADER + size)];
      this.length -= HEADER + size;
    }
    return texts;
  }

  private joined(): Buffer {
    if (this.parts.length !== 1) this.parts = [Buffer.concat(this.parts)];
    return this.parts[0]!;
  }

  /** Joining is put off until the frame is whole: a large one comes in hundreds of pieces. */
  private nextSize(): number | null {
    if (this.length < HEADER) return null;
    if (this.parts[0]!.length < HEADER) this.joined();
    const size = this.parts[0]!.readUInt32BE(0);
    if (size > LARGEST_FRAME) throw new FrameError(`a frame of ${size} bytes`);
    return size;
  }
}
