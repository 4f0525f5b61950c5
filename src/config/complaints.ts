// From what zod found to what a user reads: one line per mistake, naming the setting, what came, and what is accepted.
import { z } from 'zod';
import type { Complaint } from '../errors.ts';
import { nearestName } from './keys.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What came, short enough for a line. */
export function show(value: unknown): string {
  if (typeof value === 'number' || value === undefined) return String(value);
  if (typeof value === 'function') return 'a function';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((v, key) => (typeof v === 'object' && v !== null ? Reflect.get(v, key) : undefined), value);

/** The schemas that a value of `schema` may be checked by, with defaults, options and unions taken apart. */
function alternatives(schema: unknown): z.ZodType[] {
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(alternatives);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  ) {
    return alternatives(schema.unwrap());
  }
  return schema instanceof z.ZodType ? [schema] : [];
}

const below = (schema: z.ZodType, key: PropertyKey): z.ZodType[] =>
  schema instanceof z.ZodObject
    ? alternatives(schema.shape[String(key)])
    : schema instanceof z.ZodArray
      ? alternatives(schema.element)
      : [];

function knownNames(schema: z.ZodType, path: Path): string[] {
  const at = path.reduce<z.ZodType[]>((schemas, key) => schemas.flatMap(s => below(s, key)), alternatives(schema));
  return at.flatMap(s => (s instanceof z.ZodObject ? Object.keys(s.shape) : []));
}

function unknownKey(schema: z.ZodType, path: Path, key: string): Complaint {
  const known = knownNames(schema, path);
  const near = nearestName(key, known);
  const hint = near ? `did you mean ${near}?` : `known: ${known.join(', ')}`;
  return { field: [...path, key].join('.'), message: `unknown setting; ${hint}` };
}

/** Of a union, the one branch whose kind of value came; null when none or several fit. */
function branchMeant(errors: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const wrongKind = (issue: Issue) => issue.path.length === 0 && issue.code !== 'unrecognized_keys';
  const wrongName = (issue: Issue) => issue.path.length === 1 && issue.path[0] === 'kind' && issue.code === 'invalid_value';
  const meant = errors.filter(branch => !branch.some(issue => wrongKind(issue) || wrongName(issue)));
  return meant.length === 1 ? meant[0]! : null;
}

/** One complaint per mistake, unions followed into the branch that was meant. */
export function complaintsOf(schema: z.ZodType, issues: readonly Issue[], input: unknown, prefix: Path = []): Complaint[] {
  return issues.flatMap(issue => {
    const path = [...prefix, ...issue.path];
    if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey(schema, path, key));
    const branch = issue.code === 'invalid_union' ? branchMeant(issue.errors) : null;
    if (branch) return complaintsOf(schema, branch, input, path);
    const value = valueAt(input, path);
    const field = path.join('.') || 'configuration';
    const accepted = issue.message.replace(/^Invalid \w+: (expected )?/, '').replace(/, received \S+$/, '');
    const missing = `is required, in the configuration or by --set ${field}=…: ${accepted}`;
    return [{ field, message: value === undefined ? missing : `got ${show(value)}; accepted: ${accepted}` }];
  });
}
