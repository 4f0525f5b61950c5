// The embedded engine: one model in memory, sampled, scored or fitted. Runs inside the worker thread (worker.ts), because a session's run blocks;
// the rest of the program talks to it through client.ts. Weights are inputs of the graphs, so one set of sessions serves every model of a shape.
import { stat } from 'node:fs/promises';
import { EngineError } from '../errors.ts';
import type {
  Distance,
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
import { EpochFit } from './fit.ts';
import { generationOf, rulesOf } from './generation.ts';
import type { Running } from './graph/program.ts';
import type { Inbox } from './inbox.ts';
import { type Int8Model, openInt8 } from './int8/open.ts';
import { Live, type LiveEngine } from './live.ts';
import { type LiveAsk, type LiveLimits, type LiveNews, MOST_BEST, type Scored } from './live-messages.ts';
import { loraStart } from './lora/start.ts';
import { type Parameters, toParameters } from './parameters.ts';
import { canSettle, isWorthSettling, Sampler } from './sampler.ts';
import { Aborted } from './sampling.ts';
import { Scorer } from './scorer.ts';
import type { Settled } from './settled.ts';
import { tokenRow } from './token-row.ts';
import { promptIds } from './tokenizer/prompt-ids.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import { besideModel, type Trainee, wholeModel } from './trainee.ts';
import { Trainer } from './trainer.ts';
import { openModel } from './weights/open.ts';

export interface EngineOptions extends Running {
  /** Completions under way at a time. */
  readonly rows: number;
  /** Padded tokens of one training or scoring batch. */
  readonly maxTokens: number;
  /** What models are sampled in (a fit under way always in fp32); scoring and training are fp32. */
  readonly precision?: Precision;
}

export type Precision = 'fp32' | 'int8';

interface Model {
  /** Its path and what tells it from another model that lay there before. */
  readonly version: string;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly sidecars: ReadonlyMap<string, string>;
  readonly parameters: Parameters;
  /** Its 8-bit form, made when it is first sampled so. */
  int8?: Int8Model;
}

interface Fitting {
  readonly fit: EpochFit;
  readonly model: Model;
  readonly trainee: Trainee;
}

const NOTHING: Settled = { kind: 'none' };

export class Engine {
  private readonly options: EngineOptions;
  private readonly isAborted: () => boolean;
  private model: Model | null = null;
  private sampler: Sampler | null = null;
  private scorer: Scorer | null = null;
  private ranker: Scorer | null = null;
  private shape = '';
  private fitting: Fitting | null = null;

  constructor(options: EngineOptions, isAborted: () => boolean) {
    this.options = options;
    this.isAborted = isAborted;
  }

  private async load(path: string): Promise<Model> {
    // A folder that was made anew under the same name is another model.
    const { mtimeMs, ino } = await stat(path);
    const version = `${path} ${ino} ${mtimeMs}`;
    if (this.model?.version === version) return this.model;
    this.model = null;
    await this.sampler?.unsettle();
    const source = await openModel(path);
    try {
      const parameters = await toParameters(source.config, name => source.read(name));
      this.model = { version, config: source.config, tokenizer: source.tokenizer, sidecars: source.sidecars, parameters };
    } finally {
      await source.close();
    }
    return this.model;
  }

  /** Sessions are made for a shape of model; another shape closes them. */
  private async useShape(config: ModelConfig): Promise<void> {
    const shape = JSON.stringify(config);
    if (shape === this.shape) return;
    await this.sampler?.close();
    await this.scorer?.close();
    await this.ranker?.close();
    this.sampler = null;
    this.scorer = null;
    this.ranker = null;
    this.shape = shape;
  }

  async sample(
    path: string,
    requests: readonly SampleRequest[],
    settings: SamplingSettings,
    onProgress?: (p: SampleProgress) => void,
  ): Promise<Generation[][]> {
    return this.sampleFrom(await this.load(path), requests, settings, true, onProgress);
  }

  private async sampleFrom(
    model: Model,
    requests: readonly SampleRequest[],
    settings: SamplingSettings,
    settled: boolean,
    onProgress?: (p: SampleProgress) => void,
  ): Promise<Generation[][]> {
    await this.useShape(model.config);
    this.sampler ??= await Sampler.open(model.config, this.options);
    const jobs = requests.map(({ prompt, prefix = [], seeds, maxTokens }) => ({
      prompt: [...promptIds(model.tokenizer, prompt), ...prefix],
      seeds,
      ...(maxTokens !== undefined && { maxTokens }),
    }));
    const rules = rulesOf(model.tokenizer, settings);
    const held = settled ? await this.heldFor(model, this.sampler, isWorthSettling(model.config, jobs, rules)) : NOTHING;
    const watch = {
      isAborted: this.isAborted,
      ...(onProgress && { onProgress: (completions: number, tokens: number) => onProgress({ completions, tokens }) }),
    };
    const completed = await this.sampler.sample(model.parameters, jobs, rules, this.options.rows, watch, held);
    return completed.map((row, i) => {
      const prefix = requests[i]!.prefix ?? [];
      const promptTokens = jobs[i]!.prompt.length - prefix.length;
      return row.map(c => generationOf(model.tokenizer, prefix, c, settings, promptTokens));
    });
  }

  /** How a model that stays as it is gets sampled. */
  private async heldFor(model: Model, sampler: Sampler, isWorth: boolean): Promise<Settled> {
    if (this.options.precision === 'int8') return { kind: 'int8', weights: (await this.int8Of(model, sampler)).weights };
    return isWorth ? { kind: 'fp32', parameters: model.parameters } : NOTHING;
  }

  private async int8Of(model: Model, sampler: Sampler): Promise<Int8Model> {
    this.scorer ??= await Scorer.open(model.config, this.options);
    model.int8 ??= await openInt8(model, { sampler, scorer: this.scorer, running: this.options });
    return model.int8;
  }

  /** How far the policy that `sample` draws from is from the model's own; null where it is the same. */
  async distance(path: string): Promise<Distance | null> {
    if (this.options.precision !== 'int8') return null;
    const model = await this.load(path);
    await this.useShape(model.config);
    this.sampler ??= await Sampler.open(model.config, this.options);
    return (await this.int8Of(model, this.sampler)).distance;
  }

  async score(path: string, rows: readonly ScoreRow[]): Promise<number[][]> {
    const model = await this.load(path);
    await this.useShape(model.config);
    this.scorer ??= await Scorer.open(model.config, this.options);
    const pairs = rows.map(({ prompt, completion }) => ({
      prompt: prompt.kind === 'ids' ? prompt.ids : promptIds(model.tokenizer, prompt),
      completion: typeof completion === 'string' ? model.tokenizer.encode(completion) : completion,
    }));
    for (const [i, { prompt, completion }] of pairs.entries())
      checkLength(model.config, `row ${i + 1}`, prompt.length + completion.length - 1);
    return this.scorer.score(model.parameters, pairs);
  }

  /** Serves a model: requests are taken from the inbox as they come, until one says close. Throws ModelError before the first news. */
  async live(path: string, limits: LiveLimits, inbox: Inbox<LiveAsk>, tell: (news: readonly LiveNews[]) => void): Promise<void> {
    const model = await this.load(path);
    await this.useShape(model.config);
    this.sampler ??= await Sampler.open(model.config, this.options);
    const { tokenizer, parameters, config } = model;
    const settled: Settled = canSettle(config) ? { kind: 'fp32', parameters } : { kind: 'none' };
    const engine: LiveEngine = {
      rows: this.sampler.rowsEngine(parameters, settled),
      rulesOf: settings => rulesOf(tokenizer, settings),
      generationOf: (completed, settings, promptTokens) => generationOf(tokenizer, [], completed, settings, promptTokens),
      score: (texts, best) => this.rank(model, texts, best),
      scoreTokens: this.options.maxTokens,
      isAborted: this.isAborted,
    };
    await new Live(engine, limits, inbox).run(tell);
  }

  private async rank({ config, parameters }: Model, texts: readonly (readonly number[])[], best: number): Promise<Scored[]> {
    const pairs = texts.map(ids => ({ prompt: ids.slice(0, 1), completion: ids.slice(1) }));
    if (best > 0) this.ranker ??= await Scorer.open(config, { ...this.options, best: MOST_BEST });
    else this.scorer ??= await Scorer.open(config, this.options);
    return (best > 0 ? this.ranker! : this.scorer!).rank(parameters, pairs);
  }

  /** Begins a fit from the weights of `path`. One at a time; closed by `fitClose`. */
  async fitOpen(path: string, rows: readonly FitRow[], settings: FitSettings): Promise<{ stepsPerEpoch: number }> {
    if (this.fitting) throw new EngineError('a fit is under way; close it first');
    const start = settings.lora && (await loraStart(path, settings.lora, settings.seed));
    const model = await this.load(start?.base ?? path);
    const tokens = rows.filter(row => row.weight !== 0).map(row => tokenRow(model.tokenizer, row));
    for (const { id, prompt, completion } of tokens) checkLength(model.config, id, prompt.length + completion.length - 1);
    // The trainer takes the weights over and changes them, so the model is read from disk again when it is next asked for; beside an adapter it stays.
    if (!start) this.model = null;
    await this.sampler?.unsettle();
    const trainee = start ? besideModel(model, start.adapter, start.base) : wholeModel(model);
    const fit = new EpochFit(await Trainer.open(model.config, model.parameters, this.options, trainee.adapter), tokens, settings);
    this.fitting = { fit, model, trainee };
    return { stepsPerEpoch: fit.stepsPerEpoch };
  }

  private get fit(): Fitting {
    if (!this.fitting) throw new EngineError('no fit is under way');
    return this.fitting;
  }

  fitEpoch(onStep?: (report: StepReport) => void): Promise<{ loss: number; tokens: number }> {
    return this.fit.fit.epoch(report => {
      onStep?.(report);
      if (this.isAborted()) throw new Aborted();
    });
  }

  fitSample(requests: readonly SampleRequest[], settings: SamplingSettings): Promise<Generation[][]> {
    const { fit, model, trainee } = this.fit;
    return this.sampleFrom({ ...model, parameters: trainee.weights(fit.parameters) }, requests, settings, false);
  }

  async fitKeep(): Promise<void> {
    this.fit.fit.keep();
  }

  async fitSave(dir: string): Promise<void> {
    const { fit, trainee } = this.fit;
    await trainee.save(dir, fit.best());
  }

  async fitClose(): Promise<void> {
    await this.fitting?.fit.close();
    this.fitting = null;
  }
}

/** Throws where a row has more tokens than the model has positions. */
function checkLength({ maxPositions }: ModelConfig, row: string, tokens: number): void {
  if (tokens > maxPositions) throw new EngineError(`${row} takes ${tokens} positions, and the model has ${maxPositions}`);
}
