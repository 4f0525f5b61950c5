// STaR (arXiv 2203.14465): one greedy solution a problem; where it is wrong a second one with the right answer in the prompt (rationalisation), stored
// without it; the correct ones of both train the base, 40 optimizer steps in the first round and a fifth more each time. The paper goes on until
// results level off (16 to 46 rounds): ours has 16 at most, and ends after three without a better reward on D_val.
// Its steps are of 8 packed sequences of 1,024 tokens; the size of ours is the configuration's fit.batchSize.
import type { Method } from './method.ts';

export const star: Method = {
  name: 'star',
  title: 'STaR',
  paper: 'arXiv 2203.14465, Algorithm 1',
  start: 'base',
  propose: { kind: 'greedy', hint: 'failed' },
  weigh: { kind: 'correct', keepPerProblem: 1 },
  distinct: { kind: 'none' },
  balance: 'rows',
  memory: { samples: 'round', solutions: 'none' },
  batchProblems: 0,
  fitFrom: 'base',
  stop: 'steps',
  epochs: null,
  steps: { first: 40, growth: 1.2 },
  learningRateFactor: 1,
  iterations: 16,
  patience: 3,
};
