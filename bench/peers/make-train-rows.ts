// node bench/peers/make-train-rows.ts MODEL SVAMP_TRAIN_JSONL > bench/peers/train-rows.jsonl: how the rows that training is measured on were made.
// They have the shape of ReST-EM's: 64 problems, up to 10 distinct completions each, sampled from the base in its chat template and ended by itself.
// They are NOT filtered by their answers: the base solves one in twenty, so the filter would leave one or two a problem, and how fast a step is
// depends on how many rows there are and how long they are, never on what they say. Run once, SmolLM2-135M-Instruct in int8.
import { openEmbeddedPolicy } from '../../src/policy/embedded.ts';
import { seedOf } from '../../src/random.ts';
import { svamp } from '../../src/tasks/word-problem-sets.ts';
import { wordProblems } from '../../src/tasks/word-problems.ts';

const PROBLEMS = 64;
const DRAWS = 12;
const KEPT = 10;
const AT_A_TIME = 16;
const settings = { temperature: 0.7, topK: 40, topP: 1, maxTokens: 160, stop: [] };

const [model = '', file = ''] = process.argv.slice(2);
const task = wordProblems({ ...svamp, train: file, test: file, prompts: { train: { chat: true } } });
const problems = (await task.problems('train')).slice(0, PROBLEMS);
const policy = await openEmbeddedPolicy({ threads: 2, rows: 128, precision: 'int8' });
for (let from = 0; from < problems.length; from += AT_A_TIME) {
  const part = problems.slice(from, from + AT_A_TIME);
  const requests = part.map(p => ({
    id: p.id,
    prompt: task.prompts.train(p),
    seeds: Array.from({ length: DRAWS }, (_, draw) => seedOf(1, 'bench', p.id, draw)),
  }));
  const sampled = await policy.sample(model, requests, settings);
  for (const [i, { id, question }] of part.entries()) {
    const texts = new Set(sampled[i]!.filter(({ finish }) => finish === 'end').map(({ text }) => text));
    if (texts.size > 0) console.log(JSON.stringify({ id, question, completions: [...texts].slice(0, KEPT) }));
  }
}
await policy.close();
