// Iterative maximum likelihood (Liang et al., arXiv 1611.00020; the settings of the authors' code for WikiTableQuestions, 1807.02322): on each batch of 50 problems
// the present policy explores, distinct successes stay for ever, two of them a problem, each as likely as the others, are replayed in one pass, and
// the weights are never reset. The authors explore with one sample a problem and 25,000 steps; eight samples and four passes over the problems are ours.
// `weigh: { kind: 'correct', keepPerProblem: 0 }` with `balance: 'problems'` is the objective itself, 1/|B(x)| for every success of x, without draws.
import type { Method } from './method.ts';

export const iml: Method = {
  name: 'iml',
  title: 'IML',
  paper: 'arXiv 1611.00020; arXiv 1807.02322; arXiv 1902.07198',
  start: 'base',
  propose: { kind: 'sample', samplesPerProblem: 8, temperature: 1, topK: 0, topP: 1 },
  weigh: { kind: 'replay', rowsPerProblem: 2 },
  distinct: { kind: 'exact', within: 'problem' },
  balance: 'rows',
  memory: { samples: 'all', solutions: 'none' },
  batchProblems: 50,
  fitFrom: 'previous',
  stop: 'epochs',
  epochs: 1,
  steps: null,
  learningRateFactor: 1,
  iterations: 4,
  patience: 0,
};
