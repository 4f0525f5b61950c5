// dynamics.json: what a round did to its policy, beside how well it then does (eval.json). Written by loop/dynamics.ts from samples that are there
// in any case, some of them scored again. No times; the same run gives the same bytes.
import type { Kl, SampleFacts } from './drift.ts';
import type { Bound } from './elbo.ts';

export interface SplitDynamics {
  /** Training problems: the E-step's samples, which are the previous policy's. Held-out ones: this policy's own. */
  readonly samples: SampleFacts | null;
  /** The bound of the M-step, on samples of the previous policy. */
  readonly bound: Bound | null;
}

export interface DynamicsFile {
  readonly policy: string;
  /** The policy before, whose samples q is made of; null for the base. */
  readonly previous: string | null;
  readonly train: SplitDynamics;
  readonly held_out: SplitDynamics;
  /** On held-out problems; null for the base and where nothing was sampled there. */
  readonly kl_from_base: Kl | null;
}
