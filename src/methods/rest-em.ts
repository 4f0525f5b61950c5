// ReST-EM, "Beyond Human Data" (arXiv 2312.06585), its settings for MATH: 32 samples a problem at T 0.7 and top-k 40, the correct ones kept, at
// most ten a problem, every M-step from the base, three iterations (for code the paper takes 64 samples and two iterations).
// Which ten of more are kept is not in the paper; ours are drawn by seed. The file to copy for a new method.
import type { Method } from './method.ts';

export const restEm: Method = {
  name: 'rest-em',
  title: 'ReST-EM',
  paper: 'arXiv 2312.06585, Algorithm 1 and section 5',
  start: 'base',
  propose: { kind: 'sample', samplesPerProblem: 32, temperature: 0.7, topK: 40, topP: 1 },
  weigh: { kind: 'correct', keepPerProblem: 10 },
  distinct: { kind: 'none' },
  balance: 'rows',
  memory: { samples: 'round', solutions: 'none' },
  batchProblems: 0,
  fitFrom: 'base',
  stop: 'validation',
  epochs: null,
  steps: null,
  learningRateFactor: 1,
  iterations: 3,
  patience: 0,
};
