// The methods of a run: presets of src/methods with the user's settings laid over them. A setting that cannot apply (a temperature for a method that
// samples nothing, steps for one that counts epochs) is a complaint, not a silence. What is said twice: the method's own setting beats one
// that stands beside `method`, but for the method of the run, where `--set temperature=1` must work on a file that says otherwise.
import { type Complaint, ConfigError } from '../errors.ts';
import type { Distinct, Method, Propose, Weigh } from '../methods/method.ts';
import { METHODS } from '../methods/table.ts';
import type { OwnMethod } from './method-schema.ts';
import type { Settings } from './schema.ts';

const presetOf = (name: string): Method => METHODS[name as keyof typeof METHODS];

/** Fields of each kind, so that { extends, propose: { kind: 'solutions' } } drops what belongs to sampling only. */
const PROPOSE_FIELDS: Readonly<Record<Propose['kind'], readonly string[]>> = {
  sample: ['samplesPerProblem', 'temperature', 'topK', 'topP'],
  greedy: ['hint'],
  search: ['samplesPerProblem', 'temperature', 'topK', 'topP', 'expansions', 'exploration'],
  solutions: [],
  reuse: [],
};
const WEIGH_FIELDS: Readonly<Record<Weigh['kind'], readonly string[]>> = {
  correct: ['keepPerProblem'],
  above: ['thresholds'],
  exponential: ['beta', 'unsolved'],
  best: ['unsolved'],
  replay: ['rowsPerProblem'],
  random: ['keepPerProblem'],
  all: [],
};
const DISTINCT_FIELDS: Readonly<Record<Distinct['kind'], readonly string[]>> = {
  none: [],
  exact: ['within'],
  normalised: ['within'],
  equations: [],
};

type Fields = Readonly<Record<string, unknown>>;

const defined = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

interface Merged<T> {
  readonly value: T;
  readonly complaints: readonly Complaint[];
}

function merged<T extends { readonly kind: string }>(
  field: string,
  preset: T,
  given: Fields | undefined,
  table: Readonly<Record<T['kind'], readonly string[]>>,
): Merged<T> {
  const overrides = defined(given ?? {});
  const all: Fields = { ...preset, ...overrides };
  const fields = table[all.kind as T['kind']];
  const foreign = Object.keys(overrides).filter(key => key !== 'kind' && !fields.includes(key));
  const missing = fields.filter(key => all[key] === undefined);
  return {
    value: Object.fromEntries([['kind', all.kind], ...fields.map(key => [key, all[key]])]) as T,
    complaints: [
      ...foreign.map(key => ({ field: `${field}.${key}`, message: `means nothing where kind is '${all.kind}'` })),
      ...missing.map(key => ({ field: `${field}.${key}`, message: `required where kind is '${all.kind}'` })),
    ],
  };
}

const isFixed = ({ stop }: Method): boolean => stop === 'validation' || stop === 'epochs';

/** Settings that only some methods can have: for which, and why not for others. */
const ONLY: readonly { readonly field: keyof OwnMethod & keyof Method; has(method: Method): boolean; says(method: Method): string }[] = [
  { field: 'epochs', has: isFixed, says: ({ stop }) => `means nothing where stop is '${stop}'` },
  { field: 'steps', has: ({ stop }) => stop === 'steps', says: ({ stop }) => `means nothing where stop is '${stop}'` },
  {
    field: 'learningRateFactor',
    has: ({ weigh }) => weigh.kind === 'above',
    says: ({ weigh }) => `means nothing where weigh.kind is '${weigh.kind}': there is one M-step on the same samples`,
  },
  {
    field: 'batchProblems',
    has: ({ propose }) => propose.kind !== 'solutions' && propose.kind !== 'reuse',
    says: ({ propose }) => `means nothing where propose.kind is '${propose.kind}'`,
  },
];

/** What another way to stop makes of the preset's length. */
function withStop(preset: Method, own: OwnMethod): Method {
  const stop = own.stop ?? preset.stop;
  return { ...preset, stop, steps: stop === 'steps' ? preset.steps : null, epochs: isFixed({ ...preset, stop }) ? preset.epochs : null };
}

/** A method of the user's own, laid over `preset`; `field` is where it stands. */
function ownMethod(own: OwnMethod, preset: Method, field: string): Method {
  const { extends: _, propose, weigh, distinct, memory, ...rest } = own;
  const proposed = merged(`${field}.propose`, preset.propose, propose, PROPOSE_FIELDS);
  const weighed = merged(`${field}.weigh`, preset.weigh, weigh, WEIGH_FIELDS);
  const apart = merged(`${field}.distinct`, preset.distinct, distinct, DISTINCT_FIELDS);
  const method: Method = {
    ...withStop(preset, own),
    ...defined(rest),
    propose: proposed.value,
    weigh: weighed.value,
    distinct: apart.value,
    memory: { ...preset.memory, ...defined(memory ?? {}) },
  };
  const foreign = ONLY.filter(only => own[only.field] !== undefined && own[only.field] !== null && !only.has(method));
  const complaints = [
    ...[proposed, weighed, apart].flatMap(part => part.complaints),
    ...foreign.map(only => ({ field: `${field}.${only.field}`, message: only.says(method) })),
  ];
  if (complaints.length > 0) throw new ConfigError(complaints);
  return method;
}

const SAMPLING = ['samplesPerProblem', 'temperature', 'topK', 'topP'] as const;

/** The settings beside `method`, where they are said and the method has such a field. */
function withShortcuts(method: Method, settings: Settings): Method {
  const { propose, weigh } = method;
  const drawn = SAMPLING.filter(key => settings[key] !== undefined && PROPOSE_FIELDS[propose.kind].includes(key));
  const keeps = settings.keepPerProblem !== undefined && WEIGH_FIELDS[weigh.kind].includes('keepPerProblem');
  return {
    ...method,
    propose: { ...propose, ...Object.fromEntries(drawn.map(key => [key, settings[key]])) },
    weigh: { ...weigh, ...(keeps && { keepPerProblem: settings.keepPerProblem }) } as Weigh,
    epochs: isFixed(method) ? (settings.fit.epochs ?? method.epochs) : method.epochs,
  };
}

const DRAWS_NOT: Readonly<Record<Propose['kind'], string>> = {
  sample: 'has no such setting',
  greedy: 'takes the most likely completion, one a problem',
  search: 'has no such setting',
  solutions: 'draws no samples',
  reuse: 'draws no samples of its own',
};

/** Settings beside `method` that mean nothing for it. Which methods can stand where is the loop's to say (complaints.ts). */
function complaintsAbout({ name, propose, weigh }: Method, settings: Settings): Complaint[] {
  const foreign = SAMPLING.filter(key => settings[key] !== undefined && !PROPOSE_FIELDS[propose.kind].includes(key));
  const keeps = settings.keepPerProblem !== undefined && !WEIGH_FIELDS[weigh.kind].includes('keepPerProblem');
  return [
    ...foreign.map(field => ({ field, message: `means nothing here: method '${name}' ${DRAWS_NOT[propose.kind]}` })),
    ...(keeps ? [{ field: 'keepPerProblem', message: `means nothing here: method '${name}' has no cap` }] : []),
  ];
}

type Given = Settings['arms'][number] | Settings['method'];

/** The method of the run: what stands beside it is laid on top. */
function mainMethod(given: Given, settings: Settings): Method {
  const method = typeof given === 'string' ? presetOf(given) : ownMethod(given, presetOf(given.extends), 'method');
  const complaints = complaintsAbout(method, settings);
  if (complaints.length > 0) throw new ConfigError(complaints);
  const { epochs, ...laidOver } = withShortcuts(method, settings);
  const ownEpochs = typeof given === 'string' ? undefined : given.epochs;
  return { ...laidOver, epochs: ownEpochs ?? epochs, iterations: settings.iterations ?? method.iterations };
}

/** An arm: what it says itself is laid on top. One of the user's own has one iteration, whatever its preset has: more could not stand here. */
function armOf(given: Given, settings: Settings, index: number): Method {
  const preset = withShortcuts(presetOf(typeof given === 'string' ? given : given.extends), settings);
  return typeof given === 'string' ? preset : ownMethod(given, { ...preset, iterations: 1 }, `arms.${index}`);
}

/** The method and the arms of a run, overrides applied. Throws ConfigError with all complaints. */
export function methodsOf(settings: Settings): { readonly method: Method; readonly arms: readonly Method[] } {
  const complaints: Complaint[] = [];
  const tried = <T>(make: () => T): T | null => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      complaints.push(...error.complaints);
      return null;
    }
  };
  const method = tried(() => mainMethod(settings.method, settings));
  const arms = settings.arms.map((arm, i) => tried(() => armOf(arm, settings, i)));
  if (method === null || complaints.length > 0) throw new ConfigError(complaints);
  return { method, arms: arms.filter(arm => arm !== null) };
}
