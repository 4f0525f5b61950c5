// The sessions for one shape of model, each opened when it is first wanted. Weights are their inputs (or are held by the sampler for a while), so one set
// serves every model of that shape.
import type { ModelConfig } from './architecture.ts';
import type { Running } from './graph/program.ts';
import { MOST_BEST } from './live-messages.ts';
import { Sampler } from './sampler.ts';
import { Scorer } from './scorer.ts';

export interface ToolsOptions extends Running {
  /** Tokens of one scoring batch. */
  readonly maxTokens?: number;
}

export class Tools {
  readonly shape: string;
  readonly sampler: Sampler;
  private readonly config: ModelConfig;
  private readonly options: ToolsOptions;
  private scoring: Promise<Scorer> | null = null;
  private ranking: Promise<Scorer> | null = null;

  constructor(config: ModelConfig, options: ToolsOptions) {
    this.config = config;
    this.options = options;
    this.shape = JSON.stringify(config);
    this.sampler = new Sampler(config, options);
  }

  scorer(): Promise<Scorer> {
    this.scoring ??= Scorer.open(this.config, this.options);
    return this.scoring;
  }

  /** A scorer that tells the best words of each place too. */
  ranker(): Promise<Scorer> {
    this.ranking ??= Scorer.open(this.config, { ...this.options, best: MOST_BEST });
    return this.ranking;
  }

  async close(): Promise<void> {
    await this.sampler.close();
    await (await this.scoring)?.close();
    await (await this.ranking)?.close();
  }
}
