// The control that tells what the filter buys: the samples of ReST-EM's first iteration, as many rows a problem as it kept and as many
// steps as it took, but drawn from all samples, right or wrong. Whatever this arm gains comes from the prompt and the form of an
// answer, not from being correct. Beyond the paper. It can only stand beside a run, because it samples nothing.
import type { Method } from './method.ts';

export const random: Method = {
  name: 'random',
  title: 'Control: as many random samples, right or wrong',
  paper: 'not in arXiv 2312.06585; the control beside its Fig. 2',
  start: 'base',
  propose: { kind: 'reuse' },
  weigh: { kind: 'random', keepPerProblem: 10 },
  distinct: { kind: 'none' },
  balance: 'rows',
  memory: { samples: 'round', solutions: 'none' },
  batchProblems: 0,
  fitFrom: 'base',
  stop: 'as-first-iteration',
  epochs: null,
  steps: null,
  learningRateFactor: 1,
  iterations: 1,
  patience: 0,
};
