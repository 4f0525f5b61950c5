// Tokens → text, the decoder part of tokenizer.json. Ours, because @huggingface/tokenizers 0.2 differs from the reference in three ways that a
// sampler meets daily: decode([]) throws, a byte-fallback run loses U+FEFF, and a run that is not UTF-8 gives too few U+FFFD (the reference:
// one per byte of the run). Each step maps a list of strings to a list of strings; a kind that is not in the table is refused by name.
import { ModelError } from '../../errors.ts';

export type DecodeTokens = (tokens: readonly string[]) => string;
type Step = (tokens: readonly string[]) => readonly string[];
type Json = Readonly<Record<string, unknown>>;

const lossy = new TextDecoder('utf-8', { ignoreBOM: true }); // ignoreBOM: keep it
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** Throws ModelError naming `file` for a decoder that is not supported. Without one, tokens are joined by spaces, as the reference does. */
export function makeDecoder(file: string, json: unknown): DecodeTokens {
  if (json === null || json === undefined) return tokens => tokens.join(' ');
  const step = makeStep(file, json);
  return tokens => step(tokens).join('');
}

function makeStep(file: string, json: unknown): Step {
  const settings: Json = typeof json === 'object' && json !== null ? { ...json } : {};
  const type = String(settings.type);
  if (!Object.hasOwn(steps, type))
    throw new ModelError(file, `the decoder ${type} is not supported; accepted: ${Object.keys(steps).join(', ')}`);
  return steps[type]!(settings, file);
}

const steps: Readonly<Record<string, (settings: Json, file: string) => Step>> = {
  ByteLevel: () => tokens => [lossy.decode(concat(tokens.map(bytesOfToken)))],
  ByteFallback: () => joinByteTokens,
  Fuse: () => tokens => [tokens.join('')],
  Metaspace: settings =>
    metaspace(String(settings.replacement ?? '▁'), settings.prepend_scheme !== 'never' && settings.add_prefix_space !== false),
  Replace: ({ pattern, content }) => {
    const wanted = toPattern(pattern);
    return tokens => tokens.map(token => token.replaceAll(wanted, () => String(content ?? '')));
  },
  Sequence: ({ decoders }, file) => {
    const parts = (Array.isArray(decoders) ? decoders : []).map(part => makeStep(file, part));
    return tokens => parts.reduce((list, part) => part(list), tokens);
  },
  Strip: ({ content, start, stop }) => {
    const cut = String(content ?? ' ');
    return tokens => tokens.map(token => strip(token, cut, Number(start ?? 0), Number(stop ?? 0)));
  },
};

function toPattern(pattern: unknown): string | RegExp {
  const { String: text, Regex: regex }: Json = typeof pattern === 'object' && pattern !== null ? { ...pattern } : {};
  return typeof regex === 'string' ? new RegExp(regex, 'gu') : String(text ?? '');
}

/** GPT-2's alphabet: every byte is one printable character; a token with any other character stands for its own UTF-8 bytes. */
const byteOfCharacter: ReadonlyMap<string, number> = (() => {
  const printable = (b: number) => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  let next = 256;
  return new Map(Array.from({ length: 256 }, (_, b) => [String.fromCodePoint(printable(b) ? b : next++), b]));
})();

/** The inverse, for building byte-level vocabularies: byte → character. */
export const characterOfByte: readonly string[] = [...byteOfCharacter].sort(([, a], [, b]) => a - b).map(([character]) => character);

function bytesOfToken(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  let n = 0;
  for (const character of token) {
    const byte = byteOfCharacter.get(character);
    if (byte === undefined) return Buffer.from(token);
    bytes[n++] = byte;
  }
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

const byteToken = /^<0x([0-9A-Fa-f]{2})>$/;

/** Runs of <0xNN> become their text, or one U+FFFD per byte when the run as a whole is not UTF-8. */
function joinByteTokens(tokens: readonly string[]): readonly string[] {
  const out: string[] = [];
  let run: number[] = [];
  const flush = () => {
    if (run.length > 0) out.push(textOfRun(Uint8Array.from(run)));
    run = [];
  };
  for (const token of tokens) {
    const byte = byteToken.exec(token);
    if (byte !== null) run.push(Number.parseInt(byte[1]!, 16));
    else {
      flush();
      out.push(token);
    }
  }
  flush();
  return out;
}

function textOfRun(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return '\ufffd'.repeat(bytes.length); // not an error: a sample may end inside a character
  }
}

function metaspace(replacement: string, isPrefixed: boolean): Step {
  return tokens => tokens.map((token, i) => token.replaceAll(replacement, i === 0 && isPrefixed ? '' : ' '));
}

function strip(token: string, cut: string, start: number, stop: number): string {
  let text = token;
  for (let i = 0; i < start && text.startsWith(cut); i++) text = text.slice(cut.length);
  for (let i = 0; i < stop && text.endsWith(cut); i++) text = text.slice(0, -cut.length);
  return text;
}
