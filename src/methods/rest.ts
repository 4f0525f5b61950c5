// ReST (arXiv 2308.08998), its settings for IWSLT: an SFT policy grows the data (100 samples a problem at T 0.8, human pairs among them) and is improved on
// it five times, each time on what is strictly above a higher threshold, from the weights before and with a smaller learning rate; then grown again.
// Human pairs pass the same filter. How much smaller the rate is, the paper does not print: half is ours. With rewards of 0 and 1 all thresholds are
// the same filter; what is left of the method then is that it goes on instead of starting from the base.
import type { Method } from './method.ts';

export const rest: Method = {
  name: 'rest',
  title: 'ReST',
  paper: 'arXiv 2308.08998, Algorithm 1',
  start: 'sft',
  propose: { kind: 'sample', samplesPerProblem: 100, temperature: 0.8, topK: 0, topP: 1 },
  weigh: { kind: 'above', thresholds: [0.7, 0.8, 0.9, 0.95, 0.99] },
  distinct: { kind: 'none' },
  balance: 'rows',
  memory: { samples: 'round', solutions: 'weighed' },
  batchProblems: 0,
  fitFrom: 'previous',
  stop: 'validation',
  epochs: null,
  steps: null,
  learningRateFactor: 0.5,
  iterations: 2,
  patience: 0,
};
