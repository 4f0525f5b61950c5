// A completion that is begun: sampled on from the middle it is what it would have been, and its steps are known by their tokens.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { Engine } from './engine.ts';
import { stepLengths } from './steps.ts';

const micro = join(import.meta.dirname, 'weights/fixtures/micro');
const prompt = { kind: 'text', text: 'abc' } as const;
const greedy = { temperature: 0, topK: 0, topP: 1, maxTokens: 20, stop: [] };

test('a greedy completion goes on from any of its tokens as it went on, with the same log-probabilities and the whole text', async () => {
  const engine = new Engine({ threads: 1, rows: 8, maxTokens: 256 }, () => false);
  const whole = (await engine.sample(micro, [{ id: 'a', prompt, seeds: [1] }], greedy))[0]![0]!;
  assert.ok(whole.tokens.length > 8);
  for (const at of [1, 4, 7]) {
    const request = { id: 'a', prompt, seeds: [1], prefix: whole.tokens.slice(0, at), maxTokens: 20 - at };
    const rest = (await engine.sample(micro, [request], greedy))[0]![0]!;
    assert.deepEqual(rest.tokens, whole.tokens.slice(at));
    assert.deepEqual([rest.text, rest.finish, rest.promptTokens], [whole.text, whole.finish, whole.promptTokens]);
    for (const [i, logprob] of rest.logprobs.entries()) assert.ok(Math.abs(logprob - whole.logprobs[at + i]!) < 1e-4);
  }
});

test('a request may ask for fewer tokens than the others of its call', async () => {
  const engine = new Engine({ threads: 1, rows: 8, maxTokens: 256 }, () => false);
  const settings = { ...greedy, temperature: 1, maxTokens: 12, stepEnds: ['\n'] };
  const asked = [3, 12, 5].map((maxTokens, i) => ({ id: String(i), prompt, seeds: [1, 2, 3], maxTokens }));
  for (const [i, generations] of (await engine.sample(micro, asked, settings)).entries()) {
    const longest = Math.max(...generations.map(g => g.tokens.length));
    assert.ok(longest <= asked[i]!.maxTokens, `${longest} tokens`);
    for (const { steps, tokens } of generations)
      assert.equal(
        steps!.reduce((a, b) => a + b, 0),
        tokens.length,
      );
  }
});

const byCharacter = { decode: (ids: readonly number[]) => String.fromCodePoint(...ids.filter(id => id !== 0)) };
const idsOf = (text: string) => [...text].map(c => (c === '$' ? 0 : c.codePointAt(0)!));

test('a step ends behind the text that ends it; blank lines and the end token are no steps of their own', () => {
  const lengths = (text: string, ends: string[]) => stepLengths(byCharacter, idsOf(text), ends);
  assert.deepEqual(lengths('ab\ncd\nef$', ['\n']), [3, 3, 3]);
  assert.deepEqual(lengths('\n\nab\n\n$', ['\n']), [7]);
  assert.deepEqual(lengths(' 1+1=2, 2+2=4. 4.$', ['.', ',']), [7, 7, 4]);
  assert.deepEqual(lengths('ab', ['\n']), [2]);
  assert.deepEqual(lengths('', ['\n']), []);
  assert.deepEqual(lengths('$', ['\n']), [1]);
});
