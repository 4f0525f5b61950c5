// Expert iteration (Anthony et al., arXiv 1705.08439; for language models Polu et al., 2202.01344, and Havrilla et al., 2403.04642): a search guided by
// the policy is the expert; what it solved in any round, duplicates removed, trains the base for one epoch; the new policy guides the next search.
// Searching lines of a solution by UCT is ours (Polu searches proof steps best first, Havrilla samples: `propose: { kind: 'sample' }` is that), and so are
// its budget, its expansions at a time and its exploration constant, which no paper gives for this.
import type { Method } from './method.ts';

export const expertIteration: Method = {
  name: 'expert-iteration',
  title: 'Expert iteration',
  paper: 'arXiv 1705.08439, Algorithm 1; arXiv 2202.01344; arXiv 2403.04642',
  start: 'base',
  propose: { kind: 'search', samplesPerProblem: 32, temperature: 1, topK: 0, topP: 1, expansions: 4, exploration: 1 },
  weigh: { kind: 'correct', keepPerProblem: 0 },
  distinct: { kind: 'exact', within: 'global' },
  balance: 'rows',
  memory: { samples: 'all', solutions: 'none' },
  batchProblems: 0,
  fitFrom: 'base',
  stop: 'epochs',
  epochs: 1,
  steps: null,
  learningRateFactor: 1,
  iterations: 5,
  patience: 0,
};
