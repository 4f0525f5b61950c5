// How a policy has changed, from its samples: how far it is from the base (KL), how many different solutions it still has, how long they are. Far
// from the base and few solutions is what overfitting looks like before accuracy shows it.
//
//   KL(p ‖ p_base) = E_p[ log p(y|x) − log p_base(y|x) ],  estimated by the mean over samples y ~ p
//
// Unbiased where samples are drawn at temperature 1 with nothing cut; of others (top-p 0.95, say) it is the mean of the same difference over
// a sharper policy's samples, which is larger or smaller. An estimate may fall below zero, KL itself does not.
import { mean } from './bootstrap.ts';
import { meanOf } from './elbo.ts';
import type { Interval } from './evaluation.ts';

/** A sample's log-probability under its own policy and under the base, natural logs summed over its tokens. */
export interface ScoredTwice {
  readonly own: number;
  readonly base: number;
  readonly tokens: number;
}

export interface Kl {
  /** Nats a completion. */
  readonly value: Interval;
  /** Nats a token: all differences over all tokens. */
  readonly per_token: number;
  readonly samples: number;
}

/** KL from the base, averaged over problems; null without samples. `problems`: samples of each. */
export function klFromBase(problems: readonly (readonly ScoredTwice[])[], seed: number): Kl | null {
  const asked = problems.filter(samples => samples.length > 0);
  const value = meanOf(
    asked.map(samples => mean(samples.map(({ own, base }) => own - base))),
    seed,
  );
  const all = asked.flat();
  const tokens = all.reduce((sum, sample) => sum + sample.tokens, 0);
  if (value === null || tokens === 0) return null;
  return { value, per_token: all.reduce((sum, { own, base }) => sum + own - base, 0) / tokens, samples: all.length };
}

/** A judged sample, as far as counting needs it. */
export interface CountedSample {
  readonly text: string;
  readonly isCorrect: boolean;
  readonly tokens: number;
}

/** What the samples of a policy on a split come to. Means are over problems but for `tokens` and `acceptance`, which are over samples. */
export interface SampleFacts {
  /** Whose samples they are. */
  readonly policy: string;
  readonly problems: number;
  readonly samples: number;
  /** Share of problems with a correct sample. */
  readonly coverage: number;
  /** Share of samples that are correct. */
  readonly acceptance: number;
  /** Different completions a problem, white space apart, and different correct ones. */
  readonly distinct: number;
  readonly distinct_correct: number;
  /** Mean length of a completion. */
  readonly tokens: number;
}

/** Null without samples. Problems whose samples all failed to be judged are left out. */
export function sampleFacts(policy: string, problems: readonly (readonly CountedSample[])[]): SampleFacts | null {
  const asked = problems.filter(samples => samples.length > 0);
  const all = asked.flat();
  if (all.length === 0) return null;
  return {
    policy,
    problems: asked.length,
    samples: all.length,
    coverage: mean(asked.map(samples => Number(samples.some(({ isCorrect }) => isCorrect)))),
    acceptance: mean(all.map(({ isCorrect }) => Number(isCorrect))),
    distinct: mean(asked.map(differentTexts)),
    distinct_correct: mean(asked.map(samples => differentTexts(samples.filter(({ isCorrect }) => isCorrect)))),
    tokens: mean(all.map(({ tokens }) => tokens)),
  };
}

const differentTexts = (samples: readonly CountedSample[]): number =>
  new Set(samples.map(({ text }) => text.replace(/\s+/g, ' ').trim())).size;
