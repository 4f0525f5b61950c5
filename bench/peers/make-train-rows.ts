// node bench/peers/make-train-rows.ts MODEL SVAMP_TRAIN_JSONL > bench/peers/train-rows.jsonl: how the rows that training is measured on were made.
// It is ReST-EM's own E-step: 16 completions a problem from the base, asked in its chat template, the distinct correct ones kept, at most 10 a problem;
// problems are taken in the file's order until 64 have one. Run once (SmolLM2-135M-Instruct, int8); the rows are part of the repository.
import { openEmbeddedPolicy } from '../../src/policy/embedded.ts';
import { seedOf } from '../../src/random.ts';
import { svamp } from '../../src/tasks/word-problem-sets.ts';
import { wordProblems } from '../../src/tasks/word-problems.ts';

const PROBLEMS = 64;
const DRAWS = 16;
const KEPT = 10;
const AT_A_TIME = 8;
const settings = { temperature: 0.7, topK: 40, topP: 1, maxTokens: 128, stop: [] };

const [model = '', file = ''] = process.argv.slice(2);
const task = wordProblems({ ...svamp, train: file, test: file, prompts: { train: { chat: true } } });
const problems = await task.problems('train');
const policy = await openEmbeddedPolicy({ threads: 1, rows: 128, precision: 'int8' });
let solved = 0;
for (let from = 0; from < problems.length && solved < PROBLEMS; from += AT_A_TIME) {
  const part = problems.slice(from, from + AT_A_TIME);
  const requests = part.map(p => ({
    id: p.id,
    prompt: task.prompts.train(p),
    seeds: Array.from({ length: DRAWS }, (_, draw) => seedOf(1, 'bench', p.id, draw)),
  }));
  const sampled = await policy.sample(model, requests, settings);
  for (const [i, problem] of part.entries()) {
    const texts = new Set<string>();
    for (const { text, finish } of sampled[i]!)
      if (finish === 'end' && (await task.verify(problem, text)).kind === 'correct') texts.add(text);
    if (texts.size === 0 || solved === PROBLEMS) continue;
    solved += 1;
    console.log(JSON.stringify({ id: problem.id, question: problem.question, completions: [...texts].slice(0, KEPT) }));
  }
}
await policy.close();
