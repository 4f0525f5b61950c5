// The whole loop in seconds (`npm run quick`): few problems, two iterations. Too little to show a gain that could not be chance.
import { defineConfig } from '../src/index.ts';

export default defineConfig({
  name: 'quick',
  model: '../models/tiny-s',
  task: 'minimath',
  trainProblems: 60,
  testProblems: 60,
  iterations: 2,
  samplesPerProblem: 8,
  fit: { learningRate: 5e-4, epochs: 2 },
});
