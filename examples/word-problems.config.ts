// A real language model on real word problems, on a CPU: SmolLM2-135M-Instruct (or any Llama-family folder or GGUF file) on ASDiv. The base is
// sampled with four worked examples before each question; what is learnt is to answer without them. Model and files are yours:
//
//   rest-em run examples/word-problems.config.ts --set model=MODEL --set task.train=asdiv/train.jsonl --set task.test=asdiv/test.jsonl
//
// Another set: --set task.set=svamp (or mawps, gsm8k). Only samples whose every equation is true: --set task.require=true-equations.
import { defineConfig } from '../src/index.ts';

export default defineConfig({
  name: 'word-problems',
  task: { kind: 'word-problems', set: 'asdiv', maxTokens: 32 },
  method: 'rest-em',
  arms: ['random'],
  // A tenth is held out for early stopping, so 600 are trained on.
  trainProblems: 667,
  iterations: 2,
  samplesPerProblem: 32,
  temperature: 0.6,
  topK: 40,
  keepPerProblem: 4,
  fit: { learningRate: 5e-5, batchSize: 16, epochs: 2 },
});
