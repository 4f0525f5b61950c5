// ReST-EM on small JavaScript functions, judged by unit tests in the sandbox: two rounds of 64 samples a problem, as the paper has it for code.
// The random control, trained on as many rows that no test has chosen, stands beside it. Afterwards, `rest-em audit runs/minicode` judges what
// was accepted by forty more inputs each.
import { defineConfig } from '../src/index.ts';

export default defineConfig({
  name: 'minicode',
  model: '../models/tiny-s',
  task: 'minicode',
  method: 'rest-em',
  arms: ['random'],
  trainProblems: 120,
  testProblems: 200,
  iterations: 2,
  samplesPerProblem: 64,
  temperature: 0.7,
  topK: 40,
  fit: { learningRate: 5e-4, batchSize: 32, epochs: 3 },
  evaluate: { samples: 8, k: [1, 8] },
});
