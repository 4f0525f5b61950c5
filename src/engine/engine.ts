// The embedded engine: one model in memory, sampled, scored or fitted. Runs inside the worker thread (worker.ts), because a session's run blocks;
// the rest of the program talks to it through client.ts. Weights are inputs of the graphs, so one set of sessions serves every model of a shape.
import { EngineError } from '../errors.ts';
import type { Prompt } from '../prompt.ts';
import type {
  FitRow,
  FitSettings,
  Generation,
  SampleProgress,
  SampleRequest,
  SamplingSettings,
  ScoreRow,
  StepReport,
} from '../requests.ts';
import type { ModelConfig } from './architecture.ts';
import { EpochFit, type TokenRow } from './fit.ts';
import { type Parameters, toParameters, toWeights } from './parameters.ts';
import { Sampler } from './sampler.ts';
import type { Completed, SampleRules } from './sampling.ts';
import { Scorer } from './scorer.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import { Trainer } from './trainer.ts';
import { writeCheckpoint } from './weights/checkpoint.ts';
import { openModel } from './weights/open.ts';

export interface EngineOptions {
  /** Threads of one operation; results depend on it in the last digits. */
  readonly threads: number;
  /** Completions under way at a time. */
  readonly rows: number;
  /** Padded tokens of one training or scoring batch. */
  readonly maxTokens: number;
}

interface Model {
  readonly path: string;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly sidecars: ReadonlyMap<string, string>;
  readonly parameters: Parameters;
}

export class Engine {
  private readonly options: EngineOptions;
  private readonly isAborted: () => boolean;
  private model: Model | null = null;
  private sampler: Sampler | null = null;
  private scorer: Scorer | null = null;
  private shape = '';
  private fitting: { readonly fit: EpochFit; readonly model: Model } | null = null;

  constructor(options: EngineOptions, isAborted: () => boolean) {
    this.options = options;
    this.isAborted = isAborted;
  }

  private async load(path: string): Promise<Model> {
    if (this.model?.path === path) return this.model;
    this.model = null;
    const source = await openModel(path);
    try {
      const parameters = await toParameters(source.config, name => source.read(name));
      this.model = { path, config: source.config, tokenizer: source.tokenizer, sidecars: source.sidecars, parameters };
    } finally {
      await source.close();
    }
    await this.useShape(this.model.config);
    return this.model;
  }

  /** Sessions are made for a shape of model; another shape closes them. */
  private async useShape(config: ModelConfig): Promise<void> {
    const shape = JSON.stringify(config);
    if (shape === this.shape) return;
    await this.sampler?.close();
    await this.scorer?.close();
    this.sampler = null;
    this.scorer = null;
    this.shape = shape;
  }

  async sample(
    path: string,
    requests: readonly SampleRequest[],
    settings: SamplingSettings,
    onProgress?: (p: SampleProgress) => void,
  ): Promise<Generation[][]> {
    return this.sampleFrom(await this.load(path), requests, settings, onProgress);
  }

  private async sampleFrom(
    model: Model,
    requests: readonly SampleRequest[],
    settings: SamplingSettings,
    onProgress?: (p: SampleProgress) => void,
  ): Promise<Generation[][]> {
    this.sampler ??= await Sampler.open(model.config, this.options);
    const jobs = requests.map(({ prompt, seeds }) => ({ prompt: promptIds(model.tokenizer, prompt), seeds }));
    const completed = await this.sampler.sample(model.parameters, jobs, rulesOf(model.tokenizer, settings), this.options.rows, {
      isAborted: this.isAborted,
      ...(onProgress && { onProgress: (completions: number, tokens: number) => onProgress({ completions, tokens }) }),
    });
    return completed.map((row, i) => row.map(c => generationOf(model.tokenizer, c, settings.stop, jobs[i]!.prompt.length)));
  }

  async score(path: string, rows: readonly ScoreRow[]): Promise<number[][]> {
    const model = await this.load(path);
    this.scorer ??= await Scorer.open(model.config, this.options);
    const pairs = rows.map(({ prompt, completion }) => ({
      prompt: prompt.kind === 'ids' ? prompt.ids : promptIds(model.tokenizer, prompt),
      completion: typeof completion === 'string' ? model.tokenizer.encode(completion) : completion,
    }));
    return this.scorer.score(model.parameters, pairs);
  }

  /** Begins a fit from the weights of `path`. One at a time; closed by `fitClose`. */
  async fitOpen(path: string, rows: readonly FitRow[], settings: FitSettings): Promise<{ stepsPerEpoch: number }> {
    if (this.fitting) throw new EngineError('a fit is under way; close it first');
    const model = await this.load(path);
    // The trainer takes the weights over and changes them; the model is read from disk again when it is next asked for.
    this.model = null;
    const trainer = await Trainer.open(model.config, model.parameters, this.options);
    const fit = new EpochFit(
      trainer,
      rows.map(row => tokenRow(model.tokenizer, row)),
      settings,
    );
    this.fitting = { fit, model };
    return { stepsPerEpoch: fit.stepsPerEpoch };
  }

  private get fit(): { readonly fit: EpochFit; readonly model: Model } {
    if (!this.fitting) throw new EngineError('no fit is under way');
    return this.fitting;
  }

  fitEpoch(onStep?: (report: StepReport) => void): Promise<{ loss: number; tokens: number }> {
    return this.fit.fit.epoch(report => {
      onStep?.(report);
      if (this.isAborted()) throw new EngineError('the fit was interrupted');
    });
  }

  fitSample(requests: readonly SampleRequest[], settings: SamplingSettings): Promise<Generation[][]> {
    const { fit, model } = this.fit;
    return this.sampleFrom({ ...model, parameters: fit.parameters }, requests, settings);
  }

  async fitKeep(): Promise<void> {
    this.fit.fit.keep();
  }

  async fitSave(dir: string): Promise<void> {
    const { fit, model } = this.fit;
    const { config, sidecars } = model;
    await writeCheckpoint(dir, { config, sidecars, tensors: toWeights(config, fit.best()), dtype: 'F32' });
  }

  async fitClose(): Promise<void> {
    await this.fitting?.fit.close();
    this.fitting = null;
  }
}

/** Ids of a prompt: text gets BOS where the tokenizer says so, a chat what its template says. */
function promptIds(tokenizer: Tokenizer, prompt: Prompt): number[] {
  if (prompt.kind === 'text') return tokenizer.encode(prompt.text, { addSpecial: true });
  return tokenizer.encode(tokenizer.renderChat(prompt.messages, { addGenerationPrompt: true }), { addSpecial: false });
}

function tokenRow(tokenizer: Tokenizer, row: FitRow): TokenRow {
  const tokens = row.tokens ?? tokenizer.encode(row.completion, { addSpecial: false });
  return { id: row.id, prompt: promptIds(tokenizer, row.prompt), completion: [...tokens, tokenizer.endId], weight: row.weight };
}

/** A stop string lies within this many tokens of the end when it first appears. */
const STOP_WINDOW = 16;

function rulesOf(tokenizer: Tokenizer, settings: SamplingSettings): SampleRules {
  const { stop, temperature, topK, topP, maxTokens } = settings;
  const rules = { temperature, topK, topP, maxTokens, endIds: tokenizer.eosIds };
  if (stop.length === 0) return rules;
  const hasStop = (ids: readonly number[]) => {
    const text = tokenizer.decode(ids, { skipSpecial: true });
    return stop.some(s => text.includes(s));
  };
  return { ...rules, isStopped: tokens => hasStop(tokens.slice(-STOP_WINDOW)) };
}

function generationOf(
  tokenizer: Tokenizer,
  { tokens, logprobs, finish }: Completed,
  stop: readonly string[],
  promptTokens: number,
): Generation {
  const whole = tokenizer.decode(finish === 'end' ? tokens.slice(0, -1) : tokens, { skipSpecial: true });
  const cut = Math.min(whole.length, ...stop.map(s => whole.indexOf(s)).filter(i => i >= 0));
  const text = whole.slice(0, cut);
  const textTokens = finish === 'stop' ? spelling(tokenizer, tokens, text) : undefined;
  return { text, tokens, logprobs, finish, promptTokens, ...(textTokens !== undefined && { textTokens }) };
}

/** How many of the first tokens spell exactly `text`, if any number does. */
function spelling(tokenizer: Tokenizer, tokens: readonly number[], text: string): number | undefined {
  for (let n = tokens.length; n >= 0; n--) {
    const spelt = tokenizer.decode(tokens.slice(0, n), { skipSpecial: true });
    if (spelt === text) return n;
    if (spelt.length < text.length) return undefined;
  }
  return undefined;
}
