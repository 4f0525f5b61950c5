// A line of `judge code` as a request: read exactly (long integers keep their digits), checked field by field, with every mistake named. Only what the
// format knows; a field of another name is the caller's own and passed over.
import type { Value } from '../../sandbox/backend.ts';
import { floatOfHex } from '../../sandbox/hex-float.ts';
import { JsonError, readExactJson } from './exact-json.ts';
import type { CallTest, CodeRequest, CodeTests, Comparison, StdioTest } from './request.ts';

/** What the line says, or what is wrong with it; the id either way where there is one. */
export type RequestLine = { readonly id: unknown } & ({ readonly request: CodeRequest } | { readonly wrong: string });

type Fields = ReadonlyMap<string, Value>;

class WrongLine extends Error {}

/** Never throws for any text. */
export function readRequest(text: string): RequestLine {
  let id: unknown = null;
  try {
    const fields = fieldsOf(readExactJson(text), 'the line');
    id = plain(fields.get('id') ?? null);
    return { id, request: requestOf(fields) };
  } catch (error) {
    if (error instanceof WrongLine) return { id, wrong: error.message };
    if (error instanceof JsonError) return { id, wrong: `the line is no JSON: ${error.message}` };
    throw error;
  }
}

function requestOf(fields: Fields): CodeRequest {
  const program = text(fields, 'program');
  const language = oneOf(fields, 'language', ['python', 'javascript'] as const);
  return { program, language, ...testsOf(fields), ...limitsOf(fields), ...compareOf(fields) };
}

function testsOf(fields: Fields): CodeTests {
  const mode = oneOf(fields, 'mode', ['stdio', 'call', 'assert'] as const);
  const tests = fieldsOf(fields.get('tests') ?? null, '"tests"');
  return READERS[mode](tests, fields);
}

const READERS: Readonly<Record<CodeTests['mode'], (tests: Fields, fields: Fields) => CodeTests>> = {
  stdio: tests => ({ mode: 'stdio', tests: pairs(tests, 'stdio').map(stdioTest) }),
  call: (tests, fields) => ({ mode: 'call', fn: text(fields, 'fn'), tests: pairs(tests, 'call').map(callTest) }),
  assert(tests, fields) {
    const setup = fields.has('setup') ? text(fields, 'setup') : '';
    const names = fields.has('fn') ? { names: [text(fields, 'fn')] } : {};
    return { mode: 'assert', asserts: assertsOf(tests.get('asserts') ?? null), setup, ...names };
  },
};

function stdioTest([input, output]: readonly [Value, Value], i: number): StdioTest {
  return { input: joined(input, `tests.stdio[${i}][0]`), output: joined(output, `tests.stdio[${i}][1]`) };
}

/** A text, or its lines. */
function joined(value: Value, place: string): string {
  if (typeof value === 'string') return value;
  const lines = items(value);
  if (lines?.every(line => typeof line === 'string')) return lines.join('\n');
  throw new WrongLine(`"${place}" is no text and no list of texts`);
}

function callTest([args, result]: readonly [Value, Value], i: number): CallTest {
  const list = items(args);
  if (!list) throw new WrongLine(`"tests.call[${i}][0]" is no list of arguments`);
  return { args: list, result };
}

function assertsOf(value: Value): readonly string[] {
  const units = typeof value === 'string' ? [value] : items(value);
  if (!units?.every(unit => typeof unit === 'string')) throw new WrongLine('"tests.asserts" is no text and no list of texts');
  return units.filter(unit => unit.trim() !== '');
}

function pairs(tests: Fields, mode: string): readonly (readonly [Value, Value])[] {
  const list = items(tests.get(mode) ?? null);
  if (!list) throw new WrongLine(`"tests.${mode}" is no list of pairs`);
  return list.map((pair, i) => {
    const both = items(pair);
    if (both?.length !== 2) throw new WrongLine(`"tests.${mode}[${i}]" is no pair`);
    return [both[0]!, both[1]!] as const;
  });
}

const LIMITS = { cpu_seconds: 'cpuSeconds', wall_seconds: 'wallSeconds', memory_bytes: 'memoryBytes' } as const;
/** Seconds or bytes beyond which a limit is none. */
const LARGEST = { cpuSeconds: 600, wallSeconds: 3600, memoryBytes: 16 * 2 ** 30 } as const;

function limitsOf(fields: Fields): Pick<CodeRequest, 'limits'> {
  if (!given(fields, 'limits')) return {};
  const limits = fieldsOf(fields.get('limits')!, '"limits"');
  const known = Object.entries(LIMITS).filter(([name]) => given(limits, name));
  return { limits: Object.fromEntries(known.map(([name, key]) => [key, positive(limits.get(name)!, `limits.${name}`, LARGEST[key])])) };
}

function compareOf(fields: Fields): Pick<CodeRequest, 'compare'> {
  if (!given(fields, 'compare')) return {};
  const compare = fieldsOf(fields.get('compare')!, '"compare"');
  const rule = given(compare, 'rule') ? { rule: oneOf(compare, 'rule', ['strict', 'lcb', 'apps-compat'] as const) } : {};
  const tolerance = given(compare, 'tolerance') ? { tolerance: positive(compare.get('tolerance')!, 'compare.tolerance', 1) } : {};
  const unordered: Pick<Comparison, 'unordered'> = compare.get('unordered') === true ? { unordered: true } : {};
  return { compare: { ...rule, ...tolerance, ...unordered } };
}

const given = (fields: Fields, name: string) => (fields.get(name) ?? null) !== null;

function positive(value: Value, place: string, largest: number): number {
  const n = plain(value);
  if (typeof n === 'number' && n > 0 && n <= largest) return n;
  throw new WrongLine(`"${place}" is no number above 0, at most ${largest}`);
}

function text(fields: Fields, name: string): string {
  const value = fields.get(name);
  if (typeof value === 'string') return value;
  throw new WrongLine(value === undefined ? `has no "${name}"` : `"${name}" is no text`);
}

function oneOf<T extends string>(fields: Fields, name: string, accepted: readonly T[]): T {
  const value = text(fields, name);
  const found = accepted.find(word => word === value);
  if (found !== undefined) return found;
  throw new WrongLine(`"${name}" is ${JSON.stringify(value.slice(0, 40))}; accepted: ${accepted.join(', ')}`);
}

function fieldsOf(value: Value, place: string): Fields {
  if (typeof value !== 'object' || value === null || value.t !== 'dict') throw new WrongLine(`${place} is no JSON object`);
  return new Map(value.v.flatMap(([key, item]) => (typeof key === 'string' ? [[key, item] as const] : [])));
}

const items = (value: Value): readonly Value[] | null =>
  typeof value === 'object' && value !== null && value.t === 'list' ? value.v : null;

/** As JSON.parse would have given it, for ids and limits. */
function plain(value: Value): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value.t === 'int') return Number(value.v);
  if (value.t === 'float') return floatOfHex(value.v);
  if (value.t === 'list') return value.v.map(plain);
  return value.t === 'dict' ? Object.fromEntries(value.v.map(([key, item]) => [String(key), plain(item)])) : null;
}
