// The columns that `rest-em judge code` reads, in a row of problems: tests as an object, or (Parquet) as its JSON text, with every digit of their
// numbers. What is wrong with them is the user's to mend, so it is refused with its line and never left out.
import { ConfigError } from '../../errors.ts';
import type { Language, Limits } from '../../sandbox/backend.ts';
import type { CallTest, CodeTests, Comparison, StdioTest } from '../../verifiers/code/request.ts';
import { cellText, type Row } from '../rows.ts';
import { type ExactJson, isRecord, parseExact, typedValue } from './exact-json.ts';

export interface RequestColumns {
  readonly tests: CodeTests;
  readonly limits?: Partial<Limits>;
  readonly compare?: Comparison;
}

/** Null for a row without any test. Throws ConfigError naming the row. */
export function requestColumns(row: Row, language: Language): RequestColumns | null {
  const { columns } = row;
  const wrong = (message: string) => new ConfigError({ field: row.place, message });
  const said = cellText(columns.language);
  if (said !== null && said !== language) throw wrong(`is ${said}; the task's language is ${language}, and a task has one`);
  const json = exactTests(row);
  if (!isRecord(json)) throw wrong('\'tests\' is no object; accepted: {"stdio": …}, {"call": …} or {"asserts": …}');
  const given = READERS.filter(({ key }) => json[key] !== undefined);
  if (given.length !== 1) throw wrong("'tests' must hold one of stdio, call, asserts");
  const { key, read } = given[0]!;
  const tests = read(json[key]!, row);
  if (typeof tests === 'string') throw wrong(`tests.${key} ${tests}`);
  if (tests !== null && columns.mode !== undefined && columns.mode !== tests.mode) {
    throw wrong(`'mode' is ${JSON.stringify(columns.mode)}, but the tests are for ${tests.mode}`);
  }
  return tests && { tests, ...limitsOf(row), ...compareOf(row) };
}

/** Parsed again from its text, where a number may have lost digits. */
function exactTests({ columns, source, place }: Row): ExactJson {
  try {
    if (typeof columns.tests === 'string') return parseExact(columns.tests);
    const whole = parseExact(source ?? JSON.stringify(columns));
    return isRecord(whole) ? (whole.tests ?? null) : null;
  } catch {
    throw new ConfigError({ field: place, message: "'tests' is no JSON" });
  }
}

interface Reader {
  readonly key: string;
  /** The tests, null for none at all, or what is wrong. */
  read(json: ExactJson, row: Row): CodeTests | string | null;
}

const isPair = (json: ExactJson): json is readonly [ExactJson, ExactJson] => Array.isArray(json) && json.length === 2;
const isText = (json: ExactJson | undefined): json is string => typeof json === 'string';

const READERS: readonly Reader[] = [
  {
    key: 'stdio',
    read(json) {
      if (!Array.isArray(json) || !json.every(isPair)) return 'is no list of [input, output]';
      if (!json.flat().every(isText)) return 'holds something that is no text';
      const tests = json.map(([input, output]): StdioTest => ({ input: input as string, output: output as string }));
      return tests.length === 0 ? null : { mode: 'stdio', tests };
    },
  },
  {
    key: 'call',
    read(json, { columns }) {
      if (!Array.isArray(json) || !json.every(isPair)) return 'is no list of [arguments, result]';
      const fn = cellText(columns.fn);
      if (!fn) return "needs 'fn', the name of the function";
      if (!json.every(([args]) => Array.isArray(args))) return 'has arguments that are no list';
      const tests = json.map(
        ([args, result]): CallTest => ({ args: (args as readonly ExactJson[]).map(typedValue), result: typedValue(result) }),
      );
      return tests.length === 0 ? null : { mode: 'call', fn, tests };
    },
  },
  {
    key: 'asserts',
    read(json, { columns }) {
      const asserts = isText(json) ? [json] : json;
      if (!Array.isArray(asserts) || !asserts.every(isText)) return 'is neither text nor a list of texts';
      const setup = cellText(columns.setup);
      const some = (asserts as readonly string[]).filter(text => text.trim() !== '');
      return some.length === 0 ? null : { mode: 'assert', asserts: some, ...(setup && { setup }) };
    },
  },
];

const LIMITS = { cpu_seconds: 'cpuSeconds', wall_seconds: 'wallSeconds', memory_bytes: 'memoryBytes' } as const;

function limitsOf({ columns, place }: Row): { limits?: Partial<Limits> } {
  const given = columns.limits;
  if (given === undefined || given === null) return {};
  const entries = typeof given === 'object' ? Object.entries(given) : [['', null] as const];
  const limits = entries.map(([key, value]) => {
    const name = LIMITS[key as keyof typeof LIMITS];
    if (name === undefined || typeof value !== 'number' || !(value > 0)) {
      throw new ConfigError({
        field: place,
        message: `'limits' holds ${key || 'no settings'}; accepted: ${Object.keys(LIMITS).join(', ')}, each a number above 0`,
      });
    }
    return [name, value] as const;
  });
  return { limits: Object.fromEntries(limits) };
}

/** `unordered` and `tolerance` of a problem, where it says so. */
function compareOf({ columns, place }: Row): { compare?: Comparison } {
  const { unordered, tolerance } = columns;
  if (unordered !== undefined && unordered !== null && typeof unordered !== 'boolean')
    throw new ConfigError({ field: place, message: "'unordered' is true or false" });
  if (tolerance !== undefined && tolerance !== null && typeof tolerance !== 'number')
    throw new ConfigError({ field: place, message: "'tolerance' is a number" });
  const compare = { ...(typeof unordered === 'boolean' && { unordered }), ...(typeof tolerance === 'number' && { tolerance }) };
  return Object.keys(compare).length === 0 ? {} : { compare };
}
