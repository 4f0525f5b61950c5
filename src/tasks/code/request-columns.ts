// The columns that `rest-em judge code` reads, in a row of problems: read by the judge's own reader, from the row's text, so that a problem means the
// same here and there and no number loses a digit. `language` and `mode` may be left out: the task has one language, and the tests say their mode.
// What is wrong with a row is refused with its line and never left out.
import { ConfigError } from '../../errors.ts';
import type { Language, Limits } from '../../sandbox/backend.ts';
import { readRequest } from '../../verifiers/code/read-request.ts';
import type { CodeTests, Comparison } from '../../verifiers/code/request.ts';
import { cellText, type Row } from '../rows.ts';
import { exactOrNull, fieldsOf } from './json-parts.ts';

export interface RequestColumns {
  readonly tests: CodeTests;
  readonly limits?: Partial<Limits>;
  readonly compare?: Comparison;
}

/** What the tests of each mode stand under. */
const MODES = { stdio: 'stdio', call: 'call', asserts: 'assert' } as const;

/** Null for a row without any test. Throws ConfigError naming the row. */
export function requestColumns(row: Row, language: Language): RequestColumns | null {
  const wrong = (message: string) => new ConfigError({ field: row.place, message });
  const said = cellText(row.columns.language) ?? language;
  if (said !== language) throw wrong(`is ${said}; the task's language is ${language}, and a task has one`);
  const line = lineOf(row);
  const names = [...(fieldsOf(fieldsOf(exactOrNull(line)?.value)?.get('tests'))?.keys() ?? [])];
  const given = (Object.keys(MODES) as (keyof typeof MODES)[]).filter(name => names.includes(name));
  if (given.length !== 1) throw wrong('\'tests\' holds no tests; accepted: one of {"stdio": …}, {"call": …}, {"asserts": …}');
  const before = JSON.stringify({ program: '-', language, mode: MODES[given[0]!] });
  // of a key that comes twice the last one counts
  const read = readRequest(`${before.slice(0, -1)},${line.trim().slice(1)}`);
  if ('wrong' in read) throw wrong(read.wrong);
  const { program: _program, language: _language, limits, compare, ...tests } = read.request;
  if (tests.mode === 'assert' ? tests.asserts.length === 0 : tests.tests.length === 0) return null;
  return { tests: tests as CodeTests, ...(limits && { limits }), ...(compare && { compare }) };
}

/** The row as the text of one JSON object, `tests` as JSON where a cell holds its text (Parquet). */
function lineOf({ columns, source, place }: Row): string {
  const { tests, ...rest } = columns;
  if (typeof tests !== 'string')
    return source ?? JSON.stringify(columns, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
  if (exactOrNull(tests) === null) throw new ConfigError({ field: place, message: "'tests' is no JSON" });
  const others = Object.entries(rest).flatMap(([key, value]) =>
    value === null || typeof value === 'bigint' ? [] : [`${JSON.stringify(key)}:${JSON.stringify(value)}`],
  );
  return `{${[...others, `"tests":${tests}`].join(',')}}`;
}
