// adapter_config.json of PEFT: which base an adapter stands beside, and the factor of each module. What would change the computation and is not
// computed here (DoRA, trained biases, whole modules saved, starts that change the base) is refused by name, all of it at once.
import { ModelError } from '../../errors.ts';
import type { LoraShape } from '../lora/adapter.ts';
import { formatJson } from './config-json.ts';
import { isAbsent, isPositive, show } from './config-values.ts';
import { isObject, type JsonObject } from './json.ts';

export interface PeftConfig {
  /** As written: a path, or a name on the Hub. */
  readonly base: string;
  /** Of one module, by its name in the base: model.layers.3.self_attn.q_proj. */
  rankOf(module: string): number;
  /** What B A x is multiplied by. */
  scaleOf(module: string): number;
}

const isOff = (value: unknown): boolean =>
  isAbsent(value) || value === false || value === '' || (typeof value === 'object' && Object.keys(value as object).length === 0);

/** Keys with a meaning of their own: what may stand there. */
const CHECKED: Readonly<Record<string, { readonly isFine: (value: unknown) => boolean; readonly accepted: string }>> = {
  peft_type: { isFine: value => value === 'LORA', accepted: 'LORA' },
  task_type: { isFine: value => isAbsent(value) || value === 'CAUSAL_LM', accepted: 'CAUSAL_LM' },
  bias: { isFine: value => isAbsent(value) || value === 'none', accepted: 'none' },
  use_dora: { isFine: isOff, accepted: 'false' },
  modules_to_save: { isFine: isOff, accepted: 'null' },
  // PiSSA, OLoRA, CorDA, LoftQ and their like take something out of the base's weights at the start
  init_lora_weights: {
    isFine: value => isAbsent(value) || typeof value === 'boolean' || ['gaussian', 'eva', 'orthogonal'].includes(String(value)),
    accepted: 'true, false, gaussian, eva, orthogonal (others change the weights of the base)',
  },
};

/** Keys that do not change what a finished adapter computes, or that its tensors say better. */
const IGNORED = new Set([
  ...['auto_mapping', 'base_model_name_or_path', 'corda_config', 'ensure_weight_tying', 'eva_config', 'exclude_modules', 'fan_in_fan_out'],
  ...[
    'inference_mode',
    'layers_pattern',
    'layers_to_transform',
    'loftq_config',
    'lora_alpha',
    'lora_dropout',
    'lora_ga_config',
    'megatron_config',
  ],
  ...['megatron_core', 'peft_version', 'qalora_group_size', 'r', 'rank_pattern', 'alpha_pattern', 'revision', 'runtime_config'],
  ...['target_modules', 'use_rslora'],
]);

/** Throws ModelError with every complaint about the configuration. */
export function parsePeftConfig(file: string, json: JsonObject): PeftConfig {
  const complaints = [
    ...Object.entries(CHECKED).flatMap(([key, { isFine, accepted }]) =>
      isFine(json[key]) ? [] : [`${key} ${show(json[key] ?? null)} is not supported; accepted: ${accepted}`],
    ),
    ...Object.entries(json).flatMap(([key, value]) =>
      Object.hasOwn(CHECKED, key) || IGNORED.has(key) || isOff(value) ? [] : [`${key} ${show(value)} is not supported; accepted: null`],
    ),
  ];
  const { base_model_name_or_path: base, r, lora_alpha: alpha } = json;
  if (typeof base !== 'string' || base === '') complaints.push('base_model_name_or_path is missing: nothing says which model it adapts');
  if (!isRank(r)) complaints.push(`r is ${show(r ?? null)}; a positive whole number is needed`);
  if (!isPositive(alpha)) complaints.push(`lora_alpha is ${show(alpha ?? null)}; a positive number is needed`);
  const ranks = patternOf(json, 'rank_pattern', isRank, complaints);
  const alphas = patternOf(json, 'alpha_pattern', isPositive, complaints);
  if (complaints.length > 0) throw new ModelError(file, complaints.join('; '));
  const rankOf = (module: string): number => valueAt(ranks, module) ?? Number(r);
  const divisorOf = json.use_rslora === true ? Math.sqrt : (rank: number) => rank;
  const scaleOf = (module: string): number => (valueAt(alphas, module) ?? Number(alpha)) / divisorOf(rankOf(module));
  return { base: String(base), rankOf, scaleOf };
}

const isRank = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0;

type Pattern = readonly (readonly [name: string, value: number])[];

/** The end of a module's name, or with ^ all of it. PEFT takes any regular expression; those that are no plain names are refused. */
const PLAIN = /^\^?(?:\w|\\?\.)+\$?$/;

function patternOf(json: JsonObject, key: string, isFine: (value: unknown) => boolean, complaints: string[]): Pattern {
  const pattern = json[key];
  if (isOff(pattern)) return [];
  if (!isObject(pattern)) {
    complaints.push(`${key} is ${show(pattern)}; an object is needed`);
    return [];
  }
  for (const [name, value] of Object.entries(pattern)) {
    if (!PLAIN.test(name)) complaints.push(`${key} has the pattern ${show(name)}; accepted: plain names of modules`);
    if (!isFine(value)) complaints.push(`${key} says ${show(value)} for ${name}; a positive number is needed`);
  }
  return Object.entries(pattern).map(([name, value]) => [name.replaceAll('\\', '').replace(/\$$/, ''), Number(value)]);
}

/** The first entry that names the module. */
const valueAt = (pattern: Pattern, module: string): number | undefined =>
  pattern.find(([name]) => (name.startsWith('^') ? module === name.slice(1) : module === name || module.endsWith(`.${name}`)))?.[1];

/** The configuration of an adapter of ours, in keys that every version of PEFT reads. */
export function formatPeftConfig({ rank, alpha, targets }: LoraShape, base: string): string {
  return formatJson({
    alpha_pattern: {},
    auto_mapping: null,
    base_model_name_or_path: base,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_pattern: null,
    layers_to_transform: null,
    lora_alpha: alpha,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: 'LORA',
    r: rank,
    rank_pattern: {},
    revision: null,
    target_modules: targets,
    task_type: 'CAUSAL_LM',
    use_dora: false,
    use_rslora: false,
  });
}
