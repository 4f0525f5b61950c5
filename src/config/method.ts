// The methods of a run: presets of src/methods with the user's overrides laid over them. An override that cannot apply (a temperature for
// a method that samples nothing) is a complaint, not a silence.
import { type Complaint, ConfigError } from '../errors.ts';
import type { Method, Propose, Weigh } from '../methods/method.ts';
import { METHODS } from '../methods/table.ts';
import type { Settings } from './schema.ts';

const presetOf = (name: string): Method => METHODS[name as keyof typeof METHODS];

/** Fields of each kind, so that { extends, propose: { kind: 'solutions' } } drops what belongs to sampling only. */
const PROPOSE_FIELDS: Readonly<Record<Propose['kind'], readonly string[]>> = {
  sample: ['samplesPerProblem', 'temperature', 'topK', 'topP'],
  solutions: [],
  reuse: [],
};
const WEIGH_FIELDS: Readonly<Record<Weigh['kind'], readonly string[]>> = {
  correct: ['keepPerProblem'],
  random: ['keepPerProblem'],
  all: [],
};

type Fields = Readonly<Record<string, unknown>>;

function merged<T extends { readonly kind: string }>(
  field: string,
  preset: T,
  overrides: Fields,
  table: Readonly<Record<T['kind'], readonly string[]>>,
): T {
  const all: Fields = { ...preset, ...overrides };
  const fields = table[all.kind as T['kind']];
  const foreign = Object.keys(overrides).filter(key => key !== 'kind' && !fields.includes(key));
  const missing = fields.filter(key => all[key] === undefined);
  const complaints: Complaint[] = [
    ...foreign.map(key => ({ field: `${field}.${key}`, message: `means nothing where kind is '${all.kind}'` })),
    ...missing.map(key => ({ field: `${field}.${key}`, message: `required where kind is '${all.kind}'` })),
  ];
  if (complaints.length > 0) throw new ConfigError(complaints);
  return Object.fromEntries([['kind', all.kind], ...fields.map(key => [key, all[key]])]) as T;
}

function ownMethod(given: Exclude<Settings['method'], string>): Method {
  const { extends: name, propose = {}, weigh = {}, ...rest } = given;
  const preset = presetOf(name);
  return {
    ...preset,
    ...defined(rest),
    propose: merged('method.propose', preset.propose, defined(propose), PROPOSE_FIELDS),
    weigh: merged('method.weigh', preset.weigh, defined(weigh), WEIGH_FIELDS),
  };
}

const defined = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** The settings beside `method` that override the preset: where they are said, they hold for the method and, where they apply, for its arms. */
const SAMPLING = ['samplesPerProblem', 'temperature', 'topK', 'topP'] as const;

function withSampling(method: Method, settings: Settings): Method {
  const said = defined(Object.fromEntries(SAMPLING.map(key => [key, settings[key]])));
  const keep = defined({ keepPerProblem: settings.keepPerProblem });
  return {
    ...method,
    propose: method.propose.kind === 'sample' ? { ...method.propose, ...said } : method.propose,
    weigh: method.weigh.kind === 'all' ? method.weigh : { ...method.weigh, ...keep },
  };
}

/** Overrides that mean nothing for this method. Which methods can stand where is the loop's to say (rounds.ts). */
function complaintsAbout({ name, propose, weigh }: Method, settings: Settings): Complaint[] {
  const foreign = propose.kind === 'sample' ? [] : SAMPLING.filter(key => settings[key] !== undefined);
  const keeps = settings.keepPerProblem !== undefined && weigh.kind === 'all';
  return [
    ...foreign.map(field => ({ field, message: `means nothing here: method '${name}' draws no samples` })),
    ...(keeps ? [{ field: 'keepPerProblem', message: `means nothing here: method '${name}' keeps every row` }] : []),
  ];
}

/** The method and the arms of a run, overrides applied. Throws ConfigError. */
export function methodsOf(settings: Settings): { readonly method: Method; readonly arms: readonly Method[] } {
  const preset = typeof settings.method === 'string' ? presetOf(settings.method) : ownMethod(settings.method);
  const complaints = complaintsAbout(preset, settings);
  if (complaints.length > 0) throw new ConfigError(complaints);
  const method = withSampling(preset, settings);
  return {
    method: { ...method, iterations: settings.iterations ?? method.iterations },
    arms: settings.arms.map(name => withSampling(presetOf(name), settings)),
  };
}
