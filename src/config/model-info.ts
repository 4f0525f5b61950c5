// What `models info` tells of a model: what it announces, what it holds, and whether it runs here. A glance reads no weight; a check reads all of
// them and throws what opening and reading throw, so that it refuses what a run would refuse.
import { hasBias, hasHeadNorms, type ModelConfig, weightShapes } from '../engine/architecture.ts';
import { adapterWords } from '../engine/lora/start.ts';
import type { RopeScaling } from '../engine/rope.ts';
import { type Glance, glanceAt, kindOfTokenizer } from '../engine/weights/glance.ts';
import { openModel, readAll } from '../engine/weights/open.ts';
import type { ModelSource } from '../engine/weights/source.ts';
import { ModelError } from '../errors.ts';

/** Keys as `--json` prints them; null where nothing is known. */
export interface ModelInfo {
  readonly path: string;
  readonly format: string;
  readonly architecture: string | null;
  readonly parameters: number | null;
  readonly layers: number | null;
  readonly hidden: number | null;
  readonly heads: number | null;
  readonly kv_heads: number | null;
  readonly head_dim: number | null;
  readonly intermediate: number | null;
  readonly vocab: number | null;
  /** Positions that are computed here. */
  readonly context: number | null;
  /** What the model announces, where a sliding window makes it more than that. */
  readonly announced_context: number | null;
  readonly rope: { readonly theta: number; readonly scaling: RopeScaling | null } | null;
  /** What the architecture adds to a plain Llama here. */
  readonly extras: readonly string[];
  readonly tied: boolean | null;
  /** Parameters by how they are stored: { "Q4_0": 1000, "F32": 10 }. */
  readonly types: Readonly<Record<string, number>> | null;
  readonly quantisation: string | null;
  /** Of the weights' files. */
  readonly bytes: number;
  readonly tokenizer: {
    readonly kind: string | null;
    readonly tokens: number | null;
    readonly bos: number | null;
    readonly eos: readonly number[];
  } | null;
  readonly chat_template: boolean;
  readonly runs: boolean;
  /** One line: why it does not run. */
  readonly why: string | null;
  /** Whether every number was read. */
  readonly checked: boolean;
}

export interface InfoOptions {
  /** Read everything; throw where it must be refused. */
  readonly check: boolean;
}

/** Throws ModelError where there is no model to speak of, and with `check` for everything that a run would refuse. */
export async function modelInfo(path: string, { check }: InfoOptions): Promise<ModelInfo> {
  const source = await openModel(path).catch((error: unknown) => {
    if (error instanceof ModelError && !check) return error;
    throw error;
  });
  if (source instanceof ModelError) return refusedInfo(path, await glanceAt(path), source);
  try {
    if (check) for await (const _ of readAll(source));
    return openedInfo(source, await glanceAt(path), check);
  } finally {
    await source.close();
  }
}

function refusedInfo(path: string, glance: Glance, error: ModelError): ModelInfo {
  const { format, architecture, sizes, quantisation, bytes, tokenizer, hasChatTemplate } = glance;
  return {
    path,
    format,
    architecture,
    parameters: null,
    layers: sizes.layers,
    hidden: sizes.hidden,
    heads: sizes.heads,
    kv_heads: sizes.kvHeads,
    head_dim: sizes.headDim,
    intermediate: sizes.intermediate,
    vocab: sizes.vocab,
    context: sizes.positions,
    announced_context: null,
    rope: null,
    extras: [],
    tied: null,
    types: null,
    quantisation,
    bytes,
    tokenizer: tokenizer === null ? null : { kind: tokenizer, tokens: null, bos: null, eos: [] },
    chat_template: hasChatTemplate,
    runs: false,
    why: error.message,
    checked: false,
  };
}

function openedInfo(source: ModelSource, { format, quantisation, bytes }: Glance, checked: boolean): ModelInfo {
  const { path, config, tokenizer } = source;
  const types = parametersByType(source);
  return {
    path,
    format,
    architecture: config.architecture,
    parameters: Object.values(types).reduce((a, b) => a + b, 0),
    layers: config.layers,
    hidden: config.hidden,
    heads: config.heads,
    kv_heads: config.kvHeads,
    head_dim: config.headDim,
    intermediate: config.intermediate,
    vocab: config.vocab,
    context: config.maxPositions,
    announced_context: config.announcedPositions ?? null,
    rope: { theta: config.ropeTheta, scaling: config.scaling ?? null },
    extras: [...extrasOf(config), ...adapterExtras(source)],
    tied: config.tied,
    types,
    quantisation: quantisation ?? quantisedType(types),
    bytes,
    tokenizer: {
      kind: kindOfTokenizer(JSON.parse(source.sidecars.get('tokenizer.json') ?? '{}')),
      tokens: tokenizer.vocabSize,
      bos: tokenizer.bosId,
      eos: tokenizer.eosIds,
    },
    chat_template: tokenizer.hasChatTemplate,
    runs: true,
    why: null,
    checked,
  };
}

function parametersByType({ config, tensors }: ModelSource): Record<string, number> {
  const types: Record<string, number> = {};
  for (const [name, shape] of weightShapes(config)) {
    const { dtype } = tensors.get(name)!;
    types[dtype] = (types[dtype] ?? 0) + shape.reduce((a, b) => a * b, 1);
  }
  return types;
}

/** What most parameters are quantised to, where they are. */
function quantisedType(types: Readonly<Record<string, number>>): string | null {
  const most = Object.entries(types).sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
  return most?.startsWith('Q') ? most : null;
}

const BIASES = { qkv: 'biases on q, k, v', o: 'a bias on the output of attention', mlp: 'biases in the MLP' } as const;

const adapterExtras = ({ adapter }: ModelSource): string[] =>
  adapter ? [`an adapter (${adapterWords(adapter.modules)}) beside ${adapter.base}`] : [];

function extrasOf(config: ModelConfig): string[] {
  const biases = (Object.keys(BIASES) as (keyof typeof BIASES)[]).filter(what => hasBias(config, what)).map(what => BIASES[what]);
  return [...biases, ...(hasHeadNorms(config) ? ['norms on the heads of q and k'] : [])];
}
