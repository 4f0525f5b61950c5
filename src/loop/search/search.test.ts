// The tree search on a world that can be counted: solutions of three lines, each one of four that the policy says with known probabilities, and one
// sequence of them is right. What plain sampling would need is measured by the same policy, sampled plainly.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptedPolicy } from '../../policy/scripted.ts';
import { rngOf, seedOf } from '../../random.ts';
import type { Problem } from '../../tasks/task.ts';
import { correct, failed, incorrect, type Verdict } from '../../verifiers/verdict.ts';
import { type Found, type SearchTools, searchAll } from './search.ts';

const LINES = 3;
const CHANCES = [0.45, 0.3, 0.15, 0.1];
const SETTINGS = { samplesPerProblem: 48, expansions: 4, exploration: 1 };
const sampling = { temperature: 1, topK: 0, topP: 1, stop: [], stepEnds: ['\n'] };

const problemOf = (i: number): Problem => ({ id: `p${i}`, question: `p${i}`, reference: '' });
const problems = Array.from({ length: 12 }, (_, i) => problemOf(i));

const drawLine = (u: number): number => CHANCES.findIndex((_, i) => u < sum(CHANCES.slice(0, i + 1)) + 1e-9);

/** 'a0\n', 'b2\n', … to the third line, behind what is there already. */
const policy = scriptedPolicy(({ prefix, seed }) => {
  const rng = rngOf(seed);
  const lines: number[] = [];
  for (let line = prefix.length / 3; line < LINES; line++) lines.push(drawLine(rng.next()));
  const text = lines.map((choice, i) => `${String.fromCodePoint(97 + prefix.length / 3 + i)}${choice}\n`).join('');
  const tokens = [...[...text].map(c => c.codePointAt(0)!), 0];
  const logprobs = tokens.map((_, i) => (i % 3 === 1 ? Math.log(CHANCES[lines[(i - 1) / 3]!]!) : 0));
  const steps = lines.map((_, i) => (i === lines.length - 1 ? 4 : 3));
  return { text: prefix + text, tokens, logprobs, steps, finish: 'end', promptTokens: 2 };
});

const rightOf = (problem: Problem): string =>
  ['a', 'b', 'c'].map((line, i) => `${line}${rngOf(seedOf(problem.id, i)).below(4)}\n`).join('');

const judge = async (problem: Problem, { text }: { text: string }): Promise<Verdict> =>
  text === rightOf(problem) ? correct(text, 'the one') : incorrect(text, 'another');

const toolsOf = (seed: number, changes: Partial<SearchTools> = {}): SearchTools => ({
  seedParts: [seed, 'train', 1],
  maxTokens: 40,
  request: ({ id }) => ({ id, prompt: { kind: 'text', text: id } }),
  sample: requests => policy.sample('toy', requests, { ...sampling, maxTokens: 40 }),
  judge,
  ...changes,
});

const tokensOf = ({ generation, prefixTokens }: Found): number => generation.tokens.length - prefixTokens;
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

interface Story {
  /** Tokens until the right solution, or of all solutions where it is not among them. */
  readonly tokens: number;
  readonly isFound: boolean;
}

function storyOf(solutions: readonly { readonly tokens: number; readonly isRight: boolean }[]): Story {
  const at = solutions.findIndex(({ isRight }) => isRight);
  return { tokens: sum(solutions.slice(0, at < 0 ? undefined : at + 1).map(each => each.tokens)), isFound: at >= 0 };
}

async function plainStories(seed: number): Promise<Story[]> {
  const requests = problems.map(({ id }) => ({
    id,
    prompt: { kind: 'text', text: id } as const,
    seeds: Array.from({ length: SETTINGS.samplesPerProblem }, (_, draw) => seedOf(seed, 'train', 1, id, draw)),
  }));
  const all = await policy.sample('toy', requests, { ...sampling, maxTokens: 40 });
  return all.map((own, i) => storyOf(own.map(g => ({ tokens: g.tokens.length, isRight: g.text === rightOf(problems[i]!) }))));
}

const searchStories = async (seed: number): Promise<Story[]> =>
  (await searchAll(problems, SETTINGS, toolsOf(seed))).map(all =>
    storyOf(all.map(f => ({ tokens: tokensOf(f), isRight: f.verdict.kind === 'correct' }))),
  );

test('where one sequence of lines is right the search finds it oftener and with fewer tokens than plain sampling within the same tokens', async () => {
  const totals = { plain: { tokens: 0, found: 0 }, search: { tokens: 0, found: 0 } };
  for (let seed = 0; seed < 12; seed++)
    for (const [name, stories] of [
      ['plain', await plainStories(seed)],
      ['search', await searchStories(seed)],
    ] as const) {
      totals[name].tokens += sum(stories.map(story => story.tokens));
      totals[name].found += stories.filter(story => story.isFound).length;
    }
  const { plain, search } = totals;
  assert.ok(search.found > 1.25 * plain.found && search.tokens < 0.92 * plain.tokens, JSON.stringify(totals));
});

test('verdicts guide it: behind a first line that leads to right answers it looks oftener than the policy would', async () => {
  const begins = (text: string) => text.startsWith('a3'); // one in ten
  const judged = { judge: async (_: Problem, { text }: { text: string }) => (begins(text) ? correct(text, 'yes') : incorrect(text, 'no')) };
  const found = (await Promise.all([1, 2, 3].map(seed => searchAll(problems, SETTINGS, toolsOf(seed, judged))))).flat(2);
  const share = found.filter(f => begins(f.generation.text)).length / found.length;
  const blind = (await Promise.all([1, 2, 3].map(seed => searchAll(problems, SETTINGS, toolsOf(seed))))).flat(2);
  const blindShare = blind.filter(f => begins(f.generation.text)).length / blind.length;
  assert.ok(share > 0.2 && share > 1.5 * blindShare, `${share}, ${blindShare} where nothing is known`);
});

test('no problem is given more tokens than N samples take, and little is left over', async () => {
  for (const expansions of [1, 3, 8])
    for (const samplesPerProblem of [1, 2, 5, 16]) {
      const settings = { ...SETTINGS, samplesPerProblem, expansions };
      for (const all of await searchAll(problems, settings, toolsOf(3))) {
        const first = all.slice(0, Math.min(expansions, samplesPerProblem));
        const budget = Math.floor((samplesPerProblem * sum(first.map(tokensOf))) / first.length);
        const spent = sum(all.map(tokensOf));
        assert.ok(first.every(f => f.prefixTokens === 0));
        assert.ok(spent <= budget, `${spent} of ${budget}`);
        assert.ok(budget - spent <= 3 * LINES + 1, `${spent} of ${budget}`);
      }
    }
});

test('a limit within the last tokens is kept by the policy too: the sample is cut, not the budget', async () => {
  const wordy = scriptedPolicy(({ seed }) => 'x'.repeat(2 + (seed % 20)));
  let cut = 0;
  for (let seed = 0; seed < 10; seed++) {
    const tools = toolsOf(seed, { sample: requests => wordy.sample('toy', requests, { ...sampling, maxTokens: 40 }) });
    for (const all of await searchAll(problems, { ...SETTINGS, samplesPerProblem: 7 }, tools)) {
      const budget = Math.floor((7 * sum(all.slice(0, 4).map(tokensOf))) / 4);
      assert.ok(sum(all.map(tokensOf)) <= budget);
      cut += all.filter(({ generation }) => generation.finish === 'length').length;
    }
  }
  assert.ok(cut > 0);
});

test('what is found depends on the seed alone, not on the problems that are searched beside it', async () => {
  const [all, again] = [await searchAll(problems, SETTINGS, toolsOf(5)), await searchAll(problems, SETTINGS, toolsOf(5))];
  assert.equal(JSON.stringify(again), JSON.stringify(all));
  const alone = await searchAll([problems[7]!], SETTINGS, toolsOf(5));
  assert.deepEqual(alone[0], all[7]);
  assert.notDeepEqual((await searchAll([problems[7]!], SETTINGS, toolsOf(6)))[0], all[7]);
});

test('the first solutions are the samples that plain sampling draws first, and every solution is whole', async () => {
  const found = (await searchAll([problems[0]!], SETTINGS, toolsOf(2)))[0]!;
  const plain = await policy.sample(
    'toy',
    [{ id: 'p0', prompt: { kind: 'text', text: 'p0' }, seeds: found.slice(0, 4).map((_, draw) => seedOf(2, 'train', 1, 'p0', draw)) }],
    { ...sampling, maxTokens: 40 },
  );
  assert.deepEqual(
    found.slice(0, 4).map(f => f.generation.text),
    plain[0]!.map(g => g.text),
  );
  for (const { generation } of found) {
    assert.match(generation.text, /^a\d\nb\d\nc\d\n$/);
    assert.equal(String.fromCodePoint(...generation.tokens.slice(0, -1)), generation.text);
    assert.equal(generation.logprobs.length, generation.tokens.length);
  }
  assert.ok(found.some(f => f.prefixTokens > 0));
});

test('all problems of a wave go to the policy in one call a round', async () => {
  const calls: number[] = [];
  const tools = toolsOf(4);
  const sample: SearchTools['sample'] = requests => {
    calls.push(requests.length);
    return tools.sample(requests);
  };
  await searchAll(problems, SETTINGS, { ...tools, sample });
  assert.equal(calls[0], problems.length * SETTINGS.expansions);
  const rollouts = sum(calls);
  assert.ok(calls.length < (1.5 * rollouts) / (problems.length * SETTINGS.expansions) + 8, `${rollouts} rollouts in ${calls.length} calls`);
});

test('a solution our checker failed on guides nothing and is found all the same', async () => {
  const broken = await searchAll([problems[0]!], SETTINGS, toolsOf(2, { judge: async () => failed('down') }));
  const wrong = await searchAll([problems[0]!], SETTINGS, toolsOf(2, { judge: async () => incorrect(null, 'wrong') }));
  assert.ok(broken[0]!.length > 20 && broken[0]!.every(f => f.verdict.kind === 'failed'));
  assert.ok(wrong[0]!.length > 20);
});

test('a policy that says one thing only, or nothing, is not asked for ever', async () => {
  for (const said of ['a\nb\n', '']) {
    const dull = scriptedPolicy(() => said);
    const tools = toolsOf(1, { sample: requests => dull.sample('toy', requests, { ...sampling, maxTokens: 40 }) });
    const [found] = await searchAll([problems[0]!], SETTINGS, tools);
    assert.ok(found!.length >= 4 && sum(found!.map(tokensOf)) <= SETTINGS.samplesPerProblem * (said.length + 1));
  }
});
