// SFT on human solutions, the baseline that ReST-EM is compared with (arXiv 2312.06585, Eq. 1 and section 5): the same training problems, the same
// M-step from the base, but what is fitted was written by people. Nothing is sampled, so one iteration is all there is.
import type { Method } from './method.ts';

export const sft: Method = {
  name: 'sft',
  title: 'SFT on human solutions',
  paper: 'arXiv 2312.06585, Eq. 1 and section 5.1',
  start: 'base',
  propose: { kind: 'solutions' },
  weigh: { kind: 'all' },
  distinct: { kind: 'none' },
  balance: 'rows',
  memory: { samples: 'round', solutions: 'added' },
  batchProblems: 0,
  fitFrom: 'base',
  stop: 'validation',
  epochs: null,
  steps: null,
  learningRateFactor: 1,
  iterations: 1,
  patience: 0,
};
