// Rejection-sampling fine-tuning (arXiv 2308.01825): an SFT policy writes 100 solutions a problem at T 0.7; kept are the correct ones whose equations are all
// true, one a list of equations (of two with the same list the one less like the others); with the human solutions they train the base, once, 3 epochs.
// Equations are the <<a=b>> annotations where a solution has them, and those of its text where it has none.
import type { Method } from './method.ts';

export const rft: Method = {
  name: 'rft',
  title: 'RFT',
  paper: 'arXiv 2308.01825, section 3',
  start: 'sft',
  propose: { kind: 'sample', samplesPerProblem: 100, temperature: 0.7, topK: 0, topP: 1 },
  weigh: { kind: 'correct', keepPerProblem: 0 },
  distinct: { kind: 'equations' },
  balance: 'rows',
  memory: { samples: 'round', solutions: 'added' },
  batchProblems: 0,
  fitFrom: 'base',
  stop: 'epochs',
  epochs: 3,
  steps: null,
  learningRateFactor: 1,
  iterations: 1,
  patience: 0,
};
