// Reward-weighted regression (Peters and Schaal 2007; as EM for language models arXiv 2312.06585): every sample of the policy itself (T 1,
// nothing truncated) trains it on with weight exp(r / β), the weights of a problem summing to one, as in the posterior q.
// β is ours: at 0.2 a wrong sample counts e⁻⁵ of a right one; towards 0 only right ones count, at 1 wrong ones have 0.37 and drown them.
// A problem that nobody solved would have its wrong samples at full weight; ours is left out (`unsolved: 'keep'` is the formula to the letter).
import type { Method } from './method.ts';

export const rwr: Method = {
  name: 'rwr',
  title: 'RWR',
  paper: 'Peters and Schaal, ICML 2007; as EM in arXiv 2312.06585',
  start: 'base',
  propose: { kind: 'sample', samplesPerProblem: 32, temperature: 1, topK: 0, topP: 1 },
  weigh: { kind: 'exponential', beta: 0.2, unsolved: 'drop' },
  distinct: { kind: 'none' },
  balance: 'problems',
  memory: { samples: 'round', solutions: 'none' },
  batchProblems: 0,
  fitFrom: 'previous',
  stop: 'validation',
  epochs: null,
  steps: null,
  learningRateFactor: 1,
  iterations: 3,
  patience: 0,
};
