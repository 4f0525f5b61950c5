// What --rules, --set and --fallback of the answer filters may say, checked before any work: an unknown name or value is refused with the ones
// that are known.

import { camelName, nearestName } from '../config/keys.ts';
import { type Complaint, ConfigError } from '../errors.ts';
import {
  CONVENTIONS,
  type ConventionName,
  type Conventions,
  isConvention,
  RULES,
  type Rules,
  type RulesName,
  withConventions,
} from '../verifiers/answers/conventions.ts';
import { FALLBACKS, type Fallback } from '../verifiers/answers/extract/fallbacks.ts';

/** The rules that a command line asks for. Throws ConfigError with everything that is wrong. */
export function answerRules(name: string, settings: readonly string[]): Rules {
  const complaints: Complaint[] = Object.hasOwn(RULES, name) ? [] : [notAmong('--rules', name, Object.keys(RULES))];
  const wrong = settings.flatMap(setting => settingComplaint(setting) ?? []);
  if (complaints.length + wrong.length > 0) throw new ConfigError([...complaints, ...wrong]);
  const some = Object.fromEntries(settings.map(pairOf)) as Partial<Conventions>;
  return withConventions(RULES[name as RulesName], some);
}

/** What a completion without a marker gives. Throws ConfigError. */
export function fallbackOf(name: string): Fallback {
  if (Object.hasOwn(FALLBACKS, name)) return name as Fallback;
  throw new ConfigError(notAmong('--fallback', name, Object.keys(FALLBACKS)));
}

function pairOf(setting: string): readonly [string, string] {
  const at = setting.indexOf('=');
  return at < 0 ? [setting.trim(), ''] : [camelName(setting.slice(0, at).trim().replaceAll('-', '_')), setting.slice(at + 1).trim()];
}

function settingComplaint(setting: string): Complaint | null {
  const [name, value] = pairOf(setting);
  if (!setting.includes('=')) return { field: '--set', message: `got ${JSON.stringify(setting)}; accepted: convention=value` };
  if (!Object.hasOwn(CONVENTIONS, name)) return notAmong('--set', name, Object.keys(CONVENTIONS));
  if (isConvention(name, value)) return null;
  return notAmong(`--set ${name}`, value, CONVENTIONS[name as ConventionName].values);
}

function notAmong(field: string, came: string, accepted: readonly string[]): Complaint {
  const near = came.length > 2 ? nearestName(came, accepted) : null;
  return { field, message: `got ${JSON.stringify(came)}; accepted: ${accepted.join(', ')}${near ? ` (did you mean ${near}?)` : ''}` };
}
