// RAFT (arXiv 2304.06767): from an SFT policy, batches of 2,048 problems; of 32 samples at T 1.0 the one with the highest reward trains the present weights
// for two epochs; then the next batch. It ends after three stages at the same level, of which the paper sees 10 to 12 with 32 samples.
// The highest of nothing but zeros is a wrong sample, so problems without success are left out, and ties are drawn by seed: both ours.
import type { Method } from './method.ts';

export const raft: Method = {
  name: 'raft',
  title: 'RAFT',
  paper: 'arXiv 2304.06767, Algorithm 1',
  start: 'sft',
  propose: { kind: 'sample', samplesPerProblem: 32, temperature: 1, topK: 0, topP: 1 },
  weigh: { kind: 'best', unsolved: 'drop' },
  distinct: { kind: 'none' },
  balance: 'rows',
  memory: { samples: 'round', solutions: 'none' },
  batchProblems: 2048,
  fitFrom: 'previous',
  stop: 'epochs',
  epochs: 2,
  steps: null,
  learningRateFactor: 1,
  iterations: 12,
  patience: 3,
};
