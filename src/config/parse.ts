// Unknown in, settings out, or one ConfigError with all complaints. The rules that tie two settings together stand here too.
import { type Complaint, ConfigError } from '../errors.ts';
import { overSet } from '../tasks/word-problem-sets.ts';
import { complaintsOf } from './complaints.ts';
import { camelKeys, isPlain } from './keys.ts';
import { configSchema, type Settings } from './schema.ts';

export type { Settings } from './schema.ts';

/** k of pass@k when none is given: the powers of two up to the number of samples. */
export function defaultKs(samples: number): number[] {
  return Array.from({ length: 31 }, (_, i) => 2 ** i).filter(k => k <= samples);
}

function kComplaints(settings: Settings): Complaint[] {
  const { samples, k = [] } = settings.evaluate;
  const bad = k.filter(n => n > samples);
  return bad.length === 0
    ? []
    : [{ field: 'evaluate.k', message: `got ${bad.join(', ')}; accepted: up to evaluate.samples, which is ${samples}` }];
}

/** Checks a configuration. Keys may be camelCase or snake_case. Throws ConfigError naming every mistake. */
export function parseSettings(raw: unknown): Settings {
  const keyed = camelKeys(raw);
  const input = isPlain(keyed) && isPlain(keyed.task) ? { ...keyed, task: overSet(keyed.task) } : keyed;
  const parsed = configSchema.safeParse(input);
  if (!parsed.success) throw new ConfigError(complaintsOf(configSchema, parsed.error.issues, input));
  const complaints = kComplaints(parsed.data);
  if (complaints.length > 0) throw new ConfigError(complaints);
  return parsed.data;
}
