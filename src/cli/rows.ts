// The JSONL files that `sample` and `score` read. Every row is checked before any work; a mistake is named by file and line, the first twenty of them.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Complaint, ConfigError } from '../errors.ts';
import type { ScoreRow } from '../policy/policy.ts';
import type { Prompt } from '../prompt.ts';

const MOST_COMPLAINTS = 20;

const id = z.union([z.string(), z.number()], { error: () => 'a text or a number' });
const says = (accepted: string) => ({ error: () => accepted });
const roles = ['system', 'user', 'assistant'] as const;
const message = z.object(
  { role: z.enum(roles, says(`one of ${roles.join(', ')}`)), content: z.string(says('text')) },
  says('an object {"role", "content"}'),
);
const messages = z.array(message, says('a list of messages')).min(1, says('a list of one message or more'));
const prompt = z.union([z.string(), messages], says('text, or messages such as [{"role": "user", "content": "…"}]'));
const tokenId = z.int(says('a token id')).min(0, says('a token id'));
const ids = z.array(tokenId, says('a list of token ids'));
const completion = z.string(says('text'));

const scoreSchema = z.object({
  id,
  prompt: prompt.optional(),
  prompt_ids: ids.optional(),
  completion: completion.optional(),
  completion_ids: ids.optional(),
});
const sampleSchema = z.object({ id: id.optional(), prompt: prompt.optional(), messages: messages.optional() });

type Row = Readonly<Record<string, unknown>>;

/** Exactly one of two columns. */
function oneOfTwo(row: Row, a: string, b: string): string | null {
  const there = [a, b].filter(name => row[name] !== undefined);
  if (there.length === 1) return null;
  return there.length === 0 ? `has neither "${a}" nor "${b}"` : `has both "${a}" and "${b}"; give one`;
}

function parseRows<T extends Row>(file: string, schema: z.ZodType<T>, pairs: readonly (readonly [string, string])[]): T[] {
  const complaints: Complaint[] = [];
  const rows: T[] = [];
  for (const [i, line] of readText(file).split('\n').entries()) {
    if (line.trim() === '') continue;
    const complain = (message: string) => complaints.push({ field: `${file} line ${i + 1}`, message });
    const value = parseLine(line);
    if (value === undefined) {
      complain('is no JSON object');
      continue;
    }
    const parsed = schema.safeParse(value);
    for (const issue of parsed.error?.issues ?? []) complain(rowComplaint(issue, value));
    const wrong = parsed.success ? pairs.flatMap(([a, b]) => oneOfTwo(parsed.data, a, b) ?? []) : [];
    wrong.forEach(complain);
    if (parsed.success && wrong.length === 0) rows.push(parsed.data);
  }
  if (complaints.length > 0) throw new ConfigError(complaints.slice(0, MOST_COMPLAINTS));
  if (rows.length === 0) throw new ConfigError({ field: file, message: 'holds no rows' });
  return rows;
}

function rowComplaint(issue: z.core.$ZodIssue, row: object): string {
  const column = String(issue.path[0]);
  return Reflect.get(row, column) === undefined ? `has no column "${column}"` : `"${issue.path.join('.')}" is not ${issue.message}`;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new ConfigError({ field: file, message: code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})` });
  }
}

function parseLine(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

const promptOf = (value: z.output<typeof prompt>): Prompt =>
  typeof value === 'string' ? { kind: 'text', text: value } : { kind: 'chat', messages: value };

/** Throws ConfigError naming lines and columns. */
export function readScoreRows(file: string): { readonly id: string | number; readonly row: ScoreRow }[] {
  const rows = parseRows(file, scoreSchema, [
    ['prompt', 'prompt_ids'],
    ['completion', 'completion_ids'],
  ]);
  return rows.map(r => ({
    id: r.id,
    row: {
      prompt: r.prompt_ids ? { kind: 'ids', ids: r.prompt_ids } : promptOf(r.prompt!),
      completion: r.completion_ids ?? r.completion!,
    },
  }));
}

/** Rows without an id are named by their line. Throws ConfigError naming lines and columns. */
export function readPrompts(file: string): { readonly id: string; readonly prompt: Prompt }[] {
  const rows = parseRows(file, sampleSchema, [['prompt', 'messages']]);
  return rows.map((r, i) => ({ id: String(r.id ?? i + 1), prompt: promptOf(r.prompt ?? r.messages!) }));
}
