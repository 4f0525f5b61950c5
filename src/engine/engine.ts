// The embedded engine: one model in memory, sampled, scored or fitted. Runs inside the worker thread (worker.ts), because a session's run blocks;
// the rest of the program talks to it through client.ts. Weights are inputs of the graphs, so one set of sessions serves every model of a shape.
import { EngineError } from '../errors.ts';
import type {
  Distance,
  FitRow,
  FitSettings,
  Generation,
  Precision,
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
import { HeldModel, versionOf } from './held-model.ts';
import type { Inbox } from './inbox.ts';
import { Lanes, laneCount } from './lanes.ts';
import { Live, type LiveEngine } from './live.ts';
import type { LiveAsk, LiveLimits, LiveNews, Scored } from './live-messages.ts';
import { loraStart } from './lora/start.ts';
import type { Measured } from './rounded/distance.ts';
import { BITS, makeRounded, measureRounded, type RoundedWeights } from './rounded/open.ts';
import { givenWeights, type Holding, isWorthSettling, type WeightSource } from './sampler.ts';
import { Aborted } from './sampling.ts';
import { SCORE_TOKENS } from './scorer.ts';
import { tokenRow } from './token-row.ts';
import { promptIds } from './tokenizer/prompt-ids.ts';
import { Tools } from './tools.ts';
import { besideModel, type Trainee, wholeModel } from './trainee.ts';
import { Trainer } from './trainer.ts';

export interface EngineOptions extends Running {
  /** Completions under way at a time. */
  readonly rows: number;
  /** Tokens of one training or scoring batch; absent: what is usual for a model of that size (footprint.ts). */
  readonly maxTokens?: number;
  /** What models are sampled in (a fit under way always in fp32); scoring and training are fp32. Default: fp32. */
  readonly precision?: Precision;
}

/** KL per token up to which `auto` samples in 8 bits. */
const NEAR = 0.02;
/** Bytes of matrices in fp32 from which `auto` considers 8 bits: smaller models gain no time. */
const LARGE = 100e6;

/** A model and what is made of it once it is wanted. */
interface Loaded {
  readonly model: HeldModel;
  /** Its form in fewer bits, made when it is first asked for. */
  rounded?: RoundedWeights;
  /** How far that form is from the model, measured when it is first asked for. */
  distance?: Measured;
  /** Such a form that another engine made of it. */
  adopted?: RoundedWeights;
}

interface Fitting {
  readonly fit: EpochFit;
  readonly model: HeldModel;
  readonly trainee: Trainee;
}

export class Engine {
  private readonly options: EngineOptions;
  private readonly isAborted: () => boolean;
  private loaded: Loaded | null = null;
  private tools: Tools | null = null;
  private lanes: { readonly count: number; readonly lanes: Lanes } | null = null;
  private fitting: Fitting | null = null;

  constructor(options: EngineOptions, isAborted: () => boolean) {
    this.options = options;
    this.isAborted = isAborted;
  }

  private async load(path: string): Promise<Loaded> {
    // A folder that was made anew under the same name is another model.
    if (this.loaded?.model.version === (await versionOf(path))) return this.loaded;
    await this.unload();
    // Four bits are for where memory is short: the matrices are read one at a time.
    const read = this.options.precision === 'int4' ? HeldModel.openLight : HeldModel.open;
    this.loaded = { model: await read(path) };
    return this.loaded;
  }

  /** Lets go of the model. */
  async unload(): Promise<void> {
    this.loaded = null;
    await this.tools?.sampler.unsettle();
    await this.lanes?.lanes.unload();
  }

  /** From now on `sample` draws from this form of the model at `path`, which is not read whole unless something else needs it. */
  async adopt(path: string, weights: RoundedWeights): Promise<void> {
    await this.unload();
    this.loaded = { model: await HeldModel.openLight(path), adopted: weights };
  }

  /** Sessions are made for a shape of model; another shape closes them. */
  private async toolsFor(config: ModelConfig): Promise<Tools> {
    if (this.tools?.shape === JSON.stringify(config)) return this.tools;
    await this.tools?.close();
    this.tools = new Tools(config, this.options);
    return this.tools;
  }

  async sample(
    path: string,
    requests: readonly SampleRequest[],
    settings: SamplingSettings,
    onProgress?: (p: SampleProgress) => void,
  ): Promise<Generation[][]> {
    const loaded = await this.load(path);
    const rounded = await this.roundedFor(loaded, settings.exact === true);
    const draws = requests.reduce((n, r) => n + r.seeds.length, 0);
    const lanes = await this.lanesFor(loaded.model, rounded ? BITS[rounded.kind] : 32, draws);
    if (lanes) return lanes.sample(path, rounded, requests, { ...settings, exact: rounded === null }, onProgress);
    return this.sampleFrom(loaded.model, loaded.model, requests, settings, isWorth => rounded ?? (isWorth ? 'fp32' : 'inputs'), onProgress);
  }

  private async sampleFrom(
    model: HeldModel,
    source: WeightSource,
    requests: readonly SampleRequest[],
    settings: SamplingSettings,
    holdingFor: (isWorth: boolean) => Holding,
    onProgress?: (p: SampleProgress) => void,
  ): Promise<Generation[][]> {
    const { tokenizer } = model;
    const { sampler } = await this.toolsFor(model.config);
    const jobs = requests.map(({ prompt, prefix = [], seeds, maxTokens }) => ({
      prompt: [...promptIds(tokenizer, prompt), ...prefix],
      seeds,
      ...(maxTokens !== undefined && { maxTokens }),
    }));
    const rules = rulesOf(tokenizer, settings);
    const watch = {
      isAborted: this.isAborted,
      ...(onProgress && { onProgress: (completions: number, tokens: number) => onProgress({ completions, tokens }) }),
    };
    const completed = await sampler.sample(source, holdingFor(isWorthSettling(jobs, rules)), jobs, rules, this.options.rows, watch);
    return completed.map((row, i) => {
      const prefix = requests[i]!.prefix ?? [];
      const promptTokens = jobs[i]!.prompt.length - prefix.length;
      return row.map(c => generationOf(tokenizer, prefix, c, settings, promptTokens));
    });
  }

  /** The form in fewer bits that a model is to be sampled in; null: it is sampled as it is. */
  private async roundedFor(loaded: Loaded, exact: boolean): Promise<RoundedWeights | null> {
    if (loaded.adopted) return exact ? null : loaded.adopted;
    const { precision = 'fp32', device = 'cpu' } = this.options;
    if (precision === 'fp32') return null;
    if (precision === 'auto' && (exact || device !== 'cpu' || loaded.model.matrixBytes < LARGE)) return null;
    const isNew = !loaded.rounded;
    if (isNew) await this.tools?.sampler.unsettle();
    loaded.rounded ??= await makeRounded(precision === 'auto' ? 'int8' : precision, loaded.model, this.options);
    const isNear = precision !== 'auto' || (await this.distanceOf(loaded, loaded.rounded)).kl <= NEAR;
    if (isNew) loaded.model.letGo();
    return isNear ? loaded.rounded : null;
  }

  private async distanceOf(loaded: Loaded, weights: RoundedWeights): Promise<Measured> {
    loaded.distance ??= await measureRounded(loaded.model, weights, this.options);
    return loaded.distance;
  }

  /** Engines to share a call with; null where it is better done here. */
  private async lanesFor(model: HeldModel, bits: number, draws: number): Promise<Lanes | null> {
    const count = laneCount(this.options, model.heldBytes(bits), draws);
    if (count < 2) return null;
    if (this.lanes?.count === count) return this.lanes.lanes;
    await this.lanes?.lanes.close();
    const one = { ...this.options, threads: Math.floor(this.options.threads / count), precision: 'fp32' as const };
    this.lanes = { count, lanes: new Lanes(count, one, this.isAborted) };
    return this.lanes.lanes;
  }

  /** How far the policy that `sample` draws from is from the model's own; null where it is the same. */
  async distance(path: string): Promise<Distance | null> {
    const loaded = await this.load(path);
    const isUsed = (await this.roundedFor(loaded, false)) !== null;
    const { rounded } = loaded;
    return rounded ? { ...(await this.distanceOf(loaded, rounded)), bits: rounded.kind === 'int8' ? 8 : 4, isUsed } : null;
  }

  async score(path: string, rows: readonly ScoreRow[]): Promise<number[][]> {
    const { model } = await this.load(path);
    const scorer = await (await this.toolsFor(model.config)).scorer();
    const pairs = rows.map(({ prompt, completion }) => ({
      prompt: prompt.kind === 'ids' ? prompt.ids : promptIds(model.tokenizer, prompt),
      completion: typeof completion === 'string' ? model.tokenizer.encode(completion) : completion,
    }));
    for (const [i, { prompt, completion }] of pairs.entries())
      checkLength(model.config, `row ${i + 1}`, prompt.length + completion.length - 1);
    return scorer.score(await model.all(), pairs);
  }

  /** Serves a model: requests are taken from the inbox as they come, until one says close. Throws ModelError before the first news. */
  async live(path: string, limits: LiveLimits, inbox: Inbox<LiveAsk>, tell: (news: readonly LiveNews[]) => void): Promise<void> {
    const loaded = await this.load(path);
    const { model } = loaded;
    const { tokenizer } = model;
    const { sampler } = await this.toolsFor(model.config);
    const engine: LiveEngine = {
      rows: await sampler.rowsEngine(model, (await this.roundedFor(loaded, false)) ?? 'fp32'),
      rulesOf: settings => rulesOf(tokenizer, settings),
      generationOf: (completed, settings, promptTokens) => generationOf(tokenizer, [], completed, settings, promptTokens),
      score: (texts, best) => this.rank(model, texts, best),
      scoreTokens: this.options.maxTokens ?? SCORE_TOKENS,
      isAborted: this.isAborted,
    };
    await new Live(engine, limits, inbox).run(tell);
  }

  private async rank(model: HeldModel, texts: readonly (readonly number[])[], best: number): Promise<Scored[]> {
    const pairs = texts.map(ids => ({ prompt: ids.slice(0, 1), completion: ids.slice(1) }));
    const tools = await this.toolsFor(model.config);
    return (best > 0 ? await tools.ranker() : await tools.scorer()).rank(await model.all(), pairs);
  }

  /** Begins a fit from the weights of `path`. One at a time; closed by `fitClose`. */
  async fitOpen(path: string, rows: readonly FitRow[], settings: FitSettings): Promise<{ stepsPerEpoch: number }> {
    if (this.fitting) throw new EngineError('a fit is under way; close it first');
    const start = settings.lora && (await loraStart(path, settings.lora, settings.seed));
    const { model } = await this.load(start?.base ?? path);
    const tokens = rows.filter(row => row.weight !== 0).map(row => tokenRow(model.tokenizer, row));
    for (const { id, prompt, completion } of tokens) checkLength(model.config, id, prompt.length + completion.length - 1);
    const whole = { config: model.config, sidecars: model.sidecars, parameters: await model.all() };
    // The trainer takes the weights over and may change them, so the model is read from disk again when it is next asked for.
    await this.unload();
    const trainee = start ? besideModel(whole, start.adapter, start.base) : wholeModel(whole);
    const fit = new EpochFit(await Trainer.open(model.config, whole.parameters, this.options, trainee.adapter), tokens, settings);
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
    return this.sampleFrom(model, givenWeights(trainee.weights(fit.parameters)), requests, settings, () => 'inputs');
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

  async close(): Promise<void> {
    await this.fitClose();
    await this.tools?.close();
    await this.lanes?.lanes.close();
  }
}

/** Throws where a row has more tokens than the model has positions. */
function checkLength({ maxPositions }: ModelConfig, row: string, tokens: number): void {
  if (tokens > maxPositions) throw new EngineError(`${row} takes ${tokens} positions, and the model has ${maxPositions}`);
}
