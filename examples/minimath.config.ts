// What `npm start` runs: ReST-EM on the built-in word problems with the small base model we ship; SFT on human solutions and the random
// control beside it. In a project of your own, import from 'rest-em'.
import { defineConfig } from '../src/index.ts';

export default defineConfig({
  name: 'minimath',
  model: '../models/tiny-s',
  task: 'minimath',
  method: 'rest-em',
  arms: ['sft', 'random'],
  trainProblems: 400,
  testProblems: 300,
  iterations: 3,
  samplesPerProblem: 16,
  temperature: 0.7,
  topK: 40,
  fit: { learningRate: 5e-4, batchSize: 32, epochs: 3 },
  evaluate: { samples: 16, k: [1, 2, 4, 8, 16], trainProblems: 150 },
  engine: { rows: 128 },
});
