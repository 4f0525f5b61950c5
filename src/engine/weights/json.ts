// JSON from model files, parsed once at the door. JSON.parse keeps the last of two equal keys; two tensors of one name must be an error
// instead, so objects are scanned for it. A key `__proto__` is an ordinary property here (JSON.parse defines it, Object.entries lists it).
import { ModelError } from '../../errors.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON object. Throws ModelError naming `file` when the text is none. */
export function parseObject(file: string, text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ModelError(file, `is not valid JSON (${oneLine(error)})`);
  }
  if (!isObject(value)) throw new ModelError(file, 'is not a JSON object');
  return value;
}

/** The same, refusing a key that stands twice in one object. */
export function parseObjectStrictly(file: string, text: string): JsonObject {
  const value = parseObject(file, text);
  const twice = repeatedKey(text);
  if (twice !== null) throw new ModelError(file, `holds the key ${twice} twice`);
  return value;
}

/** The first key that occurs twice in one object of a valid JSON text, as written, or null. */
function repeatedKey(text: string): string | null {
  const open: Set<unknown>[] = [];
  let last = '';
  for (const token of marks(text)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (token !== ':') last = token;
    else {
      const key: unknown = JSON.parse(last); // "a" and "\u0061" are the same key
      if (open.at(-1)!.has(key)) return last;
      open.at(-1)!.add(key);
    }
  }
  return null;
}

/** Strings, braces and colons in order. By hand: one pattern for a whole string overflows the stack at ten million characters. */
function* marks(text: string): Generator<string> {
  let begin = -1; // of the string we are in
  const pattern = /["\\{}:]/g;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    if (found[0] === '\\') pattern.lastIndex++;
    else if (begin < 0 && found[0] === '"') begin = found.index;
    else if (begin < 0) yield found[0];
    else if (found[0] === '"') {
      yield text.slice(begin, found.index + 1);
      begin = -1;
    }
  }
}

/** An error's message without line breaks, short enough for one line. */
export function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').slice(0, 200);
}
