// The served model, asked by OpenAI's own client: every answer is what the engine of runs says, every mistake is told in OpenAI's form.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import OpenAI, { APIError } from 'openai';
import { EngineClient } from '../engine/client.ts';
import { openModel } from '../engine/weights/open.ts';
import type { Prompt } from '../prompt.ts';
import type { SamplingSettings } from '../requests.ts';
import type { ServedModel } from './served-model.ts';
import { createServer, type ModelServer, type ServeOptions } from './server.ts';

const HERE = mkdtempSync(join(tmpdir(), 'rest-em-serve-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

/** The micro model, with positions enough for its chat template. */
function microModel(): string {
  const path = join(HERE, 'micro');
  cpSync(join(import.meta.dirname, '../engine/weights/fixtures/micro'), path, { recursive: true });
  const config = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'));
  writeFileSync(join(path, 'config.json'), JSON.stringify({ ...config, max_position_embeddings: 256 }));
  return path;
}
const path = microModel();
const source = await openModel(path);
await source.close();
const { tokenizer } = source;
const model: ServedModel = { name: 'micro', aliases: [path], tokenizer, vocab: source.config.vocab, context: 200 };

let chance = 0;
const open = (options: Partial<ServeOptions> = {}): Promise<ModelServer> =>
  createServer({
    path,
    model,
    threads: 1,
    rows: 8,
    queue: 64,
    cacheBytes: 1e8,
    key: null,
    clock: () => 1_700_000_000_000,
    chance: () => ++chance,
    ...options,
  });

const PROMPT = 'abc';
const greedy: SamplingSettings = { temperature: 0, topK: 0, topP: 1, maxTokens: 20, stop: [] };

describe('a served model', () => {
  const engine = new EngineClient({ threads: 1, rows: 8, maxTokens: 2048 });
  let server: ModelServer;
  let url = '';
  let client: OpenAI;
  before(async () => {
    server = await open();
    url = (await server.listen(0, '127.0.0.1')).url;
    client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  after(async () => {
    await server.close(0);
    await engine.close();
  });

  /** What `rest-em sample --greedy` says. */
  const sampled = async (prompt: Prompt, settings: SamplingSettings) =>
    (await engine.call('sample', [path, [{ id: '1', prompt, seeds: [1] }], settings]))[0]!;
  const textPrompt = { kind: 'text', text: PROMPT } as const;

  test('a greedy completion is the sampler’s, in text, tokens and usage', async () => {
    const [expected] = await sampled(textPrompt, greedy);
    const body = { model: 'micro', prompt: PROMPT, temperature: 0, max_tokens: 20, return_token_ids: true };
    const answer = await client.completions.create(body);
    const choice = answer.choices[0]! as (typeof answer.choices)[0] & { token_ids: number[]; prompt_token_ids: number[] };
    assert.equal(choice.text, expected!.text);
    assert.deepEqual(choice.token_ids, expected!.tokens);
    assert.deepEqual(choice.prompt_token_ids, tokenizer.encode(PROMPT));
    assert.equal(choice.finish_reason, 'length');
    assert.deepEqual(answer.usage, { prompt_tokens: 3, completion_tokens: 20, total_tokens: 23 });
    assert.deepEqual([answer.object, answer.model, answer.created], ['text_completion', 'micro', 1_700_000_000]);
    assert.match(answer.id, /^cmpl-[0-9a-f]{24}$/);
  });

  test('a seed says the same alone and in company, another seed something else, and the first of many what it says by itself', async () => {
    const body = {
      model: 'micro',
      prompt: PROMPT,
      n: 3,
      seed: 7,
      temperature: 0.9,
      top_k: 30,
      top_p: 0.95,
      max_tokens: 24,
      stop: ['c', 'S'],
    };
    const ask = async (changes = {}) =>
      (await client.completions.create({ ...body, ...changes })).choices.map(c => [c.text, c.finish_reason]);
    const alone = await ask();
    assert.ok(new Set(alone.map(([text]) => text)).size > 1);
    const company = Array.from({ length: 12 }, (_, i) =>
      client.completions.create({ model: 'micro', prompt: 'x'.repeat(1 + 9 * i), max_tokens: 30, temperature: (i % 3) / 2 }),
    );
    assert.deepEqual(await ask(), alone);
    await Promise.all(company);
    assert.deepEqual(await ask({ n: 1 }), alone.slice(0, 1));
    assert.notDeepEqual(await ask({ seed: 8 }), alone);
    for (const [text, finish] of alone) assert.ok(!/[cS]/.test(text!) && (finish === 'stop' || finish === 'length'));
  });

  test('requests without a seed differ from each other', async () => {
    const ask = async () => (await client.completions.create({ model: 'micro', prompt: PROMPT, max_tokens: 20 })).choices[0]!.text;
    assert.notEqual(await ask(), await ask());
  });

  test('texts, ids, and lists of either are prompts, and choices stand prompt by prompt', async () => {
    const other = [70, 71, 72, 73];
    const settings = { model: 'micro', temperature: 0, max_tokens: 5 } as const;
    const one = async (prompt: string | number[]) => (await client.completions.create({ ...settings, prompt })).choices[0]!.text;
    const expected = [await one(PROMPT), await one(tokenizer.decode(other))];
    assert.equal(await one(tokenizer.encode(PROMPT)), expected[0]);
    for (const prompt of [
      [PROMPT, tokenizer.decode(other)],
      [tokenizer.encode(PROMPT), other],
    ]) {
      const { choices, usage } = await client.completions.create({ ...settings, prompt: prompt as string[], n: 2 });
      assert.deepEqual(
        choices.map(c => c.text),
        [expected[0], expected[0], expected[1], expected[1]],
      );
      assert.deepEqual(
        choices.map(c => c.index),
        [0, 1, 2, 3],
      );
      assert.deepEqual([usage!.prompt_tokens, usage!.completion_tokens], [7, 20]);
    }
  });

  test('without max_tokens a completion has 16 tokens at most', async () => {
    const { usage } = await client.completions.create({ model: 'micro', prompt: PROMPT, temperature: 0 });
    assert.equal(usage!.completion_tokens, 16);
  });

  test('an echoed prompt of no further tokens is scored as the scorer scores it', async () => {
    const ids = tokenizer.encode('abc def');
    const [expected] = await engine.call('score', [path, [{ prompt: { kind: 'ids', ids: ids.slice(0, 1) }, completion: ids.slice(1) }]]);
    const { choices, usage } = await client.completions.create({ model: 'micro', prompt: ids, max_tokens: 0, echo: true, logprobs: 2 });
    const [choice] = choices;
    const { tokens, token_logprobs, top_logprobs, text_offset } = choice!.logprobs!;
    assert.equal(choice!.text, 'abc def');
    assert.deepEqual([token_logprobs![0], top_logprobs![0]], [null, null]);
    for (const [i, p] of token_logprobs!.slice(1).entries()) assert.ok(Math.abs(p - expected![i]!) < 1e-4);
    assert.equal(tokens!.join(''), 'abc def');
    assert.deepEqual(
      text_offset,
      tokens!.map((_, i) => tokens!.slice(0, i).join('').length),
    );
    for (const [i, best] of top_logprobs!.slice(1).entries()) {
      assert.ok(Object.keys(best).length >= 2 && Object.keys(best).length <= 3);
      assert.equal(best[tokens![i + 1]!], token_logprobs![i + 1]);
    }
    assert.deepEqual(usage, { prompt_tokens: ids.length, completion_tokens: 0, total_tokens: ids.length });
  });

  test('what an evaluation harness reads of echoed ids: sums, and whether greedy sampling would have said it', async () => {
    const context = tokenizer.encode(PROMPT);
    const [said] = await sampled(textPrompt, { ...greedy, maxTokens: 6 });
    const texts = [said!.tokens, [...said!.tokens.slice(0, 3), 100, 101]].map(rest => [...context, ...rest]);
    const body = { model: 'micro', prompt: texts, temperature: 0, max_tokens: 1, logprobs: 1, seed: 1234, echo: true };
    const { choices } = await client.completions.create(body);
    const scores = await engine.call('score', [
      path,
      texts.map(t => ({ prompt: { kind: 'ids', ids: context } as const, completion: t.slice(3) })),
    ]);
    for (const [i, { logprobs }] of choices.entries()) {
      assert.equal(logprobs!.tokens!.length, texts[i]!.length + 1);
      const own = logprobs!.token_logprobs!.slice(3, -1);
      const best = logprobs!.top_logprobs!.slice(3, -1).map(top => Math.max(...Object.values(top)));
      assert.equal(
        own.every((p, j) => p === best[j]),
        i === 0,
      );
      const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum(own) - sum(scores[i]!)) < 1e-3);
    }
  });

  test('log-probabilities of sampled tokens are those of scoring the same ids, the token itself among the best', async () => {
    const body = { model: 'micro', prompt: PROMPT, seed: 3, max_tokens: 12, logprobs: 3, return_token_ids: true };
    const [choice] = (await client.completions.create(body)).choices as [OpenAI.CompletionChoice & { token_ids: number[] }];
    const { tokens, token_logprobs, top_logprobs, text_offset } = choice.logprobs!;
    const row = { prompt: textPrompt, completion: choice.token_ids };
    const [expected] = await engine.call('score', [path, [row]]);
    for (const [i, p] of expected!.entries()) assert.ok(Math.abs(p - token_logprobs![i]!) < 1e-4);
    for (const [i, top] of top_logprobs!.entries()) assert.ok(tokens![i]! in top);
    assert.equal(text_offset![0], 0);
    const ids = await client.completions.create({ ...body, return_tokens_as_token_ids: true } as typeof body);
    assert.deepEqual(
      ids.choices[0]!.logprobs!.tokens,
      choice.token_ids.map(t => `token_id:${t}`),
    );
  });

  test('a stream joins to the answer it would have been, log-probabilities, stops, echo and usage included', async () => {
    const body = { model: 'micro', prompt: PROMPT, n: 3, seed: 7, max_tokens: 24, stop: ['c', 'S'], logprobs: 1, echo: true };
    const whole = await client.completions.create(body);
    const stream = await client.completions.create({ ...body, stream: true, stream_options: { include_usage: true } });
    const choices = whole.choices.map(() => ({ text: '', tokens: [] as string[], offsets: [] as number[], finish: [] as string[] }));
    let usage: unknown = null;
    for await (const chunk of stream) {
      assert.equal(chunk.object, 'text_completion');
      for (const { index, text, logprobs, finish_reason } of chunk.choices) {
        const choice = choices[index]!;
        assert.equal(choice.finish.length, 0);
        choice.text += text;
        choice.tokens.push(...logprobs!.tokens!);
        choice.offsets.push(...logprobs!.text_offset!);
        if (finish_reason) choice.finish.push(finish_reason);
      }
      if (chunk.choices.length === 0) usage = chunk.usage;
      else assert.equal(chunk.usage, null);
    }
    assert.deepEqual(
      choices.map(c => [c.text, c.tokens, c.finish]),
      whole.choices.map(c => [c.text, c.logprobs!.tokens, [c.finish_reason]]),
    );
    assert.deepEqual(usage, whole.usage);
  });

  test('a conversation is what the template makes of it, at once and streamed', async () => {
    const messages = [{ role: 'user', content: 'hi' }] as const;
    const [expected] = await sampled({ kind: 'chat', messages }, { ...greedy, maxTokens: 15 });
    const body = { model: 'micro', messages: [...messages], temperature: 0, max_completion_tokens: 15, logprobs: true, top_logprobs: 2 };
    const answer = await client.chat.completions.create(body);
    const [choice] = answer.choices;
    assert.deepEqual([choice!.message.role, choice!.message.content], ['assistant', expected!.text]);
    assert.deepEqual([answer.usage!.prompt_tokens, answer.usage!.completion_tokens], [expected!.promptTokens, expected!.tokens.length]);
    assert.equal(choice!.logprobs!.content!.length, expected!.tokens.length);
    for (const { token, logprob, bytes, top_logprobs } of choice!.logprobs!.content!) {
      assert.ok(logprob <= 0 && top_logprobs.length === 2);
      if (bytes) assert.equal(Buffer.from(bytes).toString(), token);
    }
    const parts = [
      {
        role: 'user' as const,
        content: [
          { type: 'text' as const, text: 'h' },
          { type: 'text' as const, text: 'i' },
        ],
      },
    ];
    assert.equal((await client.chat.completions.create({ ...body, messages: parts })).choices[0]!.message.content, expected!.text);
    const stream = await client.chat.completions.create({ ...body, stream: true });
    const deltas = [];
    for await (const chunk of stream) deltas.push(chunk.choices[0]!);
    assert.equal(deltas[0]!.delta.role, 'assistant');
    assert.equal(deltas.map(d => d.delta.content ?? '').join(''), expected!.text);
    assert.equal(deltas.at(-1)!.finish_reason, choice!.finish_reason);
    assert.equal(deltas.flatMap(d => d.logprobs?.content ?? []).length, expected!.tokens.length);
  });

  test('a conversation without a limit goes on to its end or the context’s', async () => {
    const answer = await client.chat.completions.create({ model: 'micro', messages: [{ role: 'user', content: 'hi' }], seed: 1 });
    const { finish_reason } = answer.choices[0]!;
    assert.ok(finish_reason === 'stop' || answer.usage!.total_tokens === 200);
  });

  test('the model is listed, and the server is well', async () => {
    const list = await client.models.list();
    assert.deepEqual(
      list.data.map(m => m.id),
      ['micro'],
    );
    assert.equal((await client.models.retrieve('micro')).id, 'micro');
    await assert.rejects(client.models.retrieve('other'), /not served/);
    assert.deepEqual(await (await fetch(`${url}/health`)).json(), { status: 'ok' });
  });

  const post = (body: unknown, to = '/v1/completions', headers: Record<string, string> = {}) =>
    fetch(url + to, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  type Mistake = readonly [what: string, body: unknown, status: number, param: string | null, says: RegExp, to?: string];
  const p = { prompt: 'abc' };
  const chatBody = { messages: [{ role: 'user', content: 'hi' }] };
  const CHAT = '/v1/chat/completions';
  const mistakes: readonly Mistake[] = [
    ['no prompt', { model: 'micro' }, 400, 'prompt', /missing/],
    ['a prompt that is a number', { prompt: 3 }, 400, 'prompt', /got 3; accepted/],
    ['an empty text', { prompt: '' }, 400, 'prompt', /empty/],
    ['an empty list', { prompt: [] }, 400, 'prompt', /accepted/],
    ['texts and ids mixed', { prompt: ['a', 3] }, 400, 'prompt', /accepted/],
    ['ids that are none', { prompt: [1.5, -2] }, 400, 'prompt', /accepted/],
    ['an id beyond the vocabulary', { prompt: [5, 272] }, 400, 'prompt', /holds the id 272; the model has 272/],
    ['an unknown field', { ...p, temprature: 1 }, 400, 'temprature', /unknown field/],
    ['a field that is none of JSON’s own', `{"prompt":"a","__proto__":{"n":3}}`, 400, '__proto__', /unknown field/],
    ['a temperature below 0', { ...p, temperature: -1 }, 400, 'temperature', /from 0 to 2/],
    ['n of 0', { ...p, n: 0 }, 400, 'n', /from 1 to 128/],
    ['too many completions', { prompt: Array(20).fill('a'), n: 100 }, 400, 'n', /2000 completions/],
    ['stop strings that are empty', { ...p, stop: ['a', ''] }, 400, 'stop', /none empty/],
    ['more log-probabilities than there are', { ...p, logprobs: 21 }, 400, 'logprobs', /from 0 to 20/],
    ['a penalty', { ...p, presence_penalty: 0.5 }, 400, 'presence_penalty', /not supported/],
    ['a bias', { ...p, logit_bias: { 5: 1 } }, 400, 'logit_bias', /not supported/],
    ['best_of', { ...p, best_of: 3 }, 400, 'best_of', /accepted/],
    ['stream options without a stream', { ...p, stream_options: { include_usage: true } }, 400, 'stream_options', /only with/],
    ['two limits', { ...p, max_tokens: 3, max_completion_tokens: 4 }, 400, 'max_tokens', /one of them/],
    ['more tokens than the context', { ...p, max_tokens: 198 }, 400, 'max_tokens', /maximum context length is 200 tokens/],
    ['a prompt that fills the context', { prompt: 'x'.repeat(200) }, 400, 'prompt', /maximum context length is 200/],
    ['another model', { ...p, model: 'gpt-4' }, 404, 'model', /accepted: "micro"/],
    ['no JSON', '{"prompt": ', 400, null, /not JSON/],
    ['JSON that is no object', '[1]', 400, null, /no JSON object/],
    ['an array of arrays a thousand deep', '['.repeat(100_000), 400, null, /not JSON/],
    ['no messages', {}, 400, 'messages', /missing/, CHAT],
    ['a role that is none', { messages: [{ role: 'tool', content: 'x' }] }, 400, 'messages', /accepted/, CHAT],
    ['an image', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] }, 400, 'messages', /not supported/, CHAT],
    ['tools', { ...chatBody, tools: [{ type: 'function' }] }, 400, 'tools', /not supported/, CHAT],
    ['a JSON schema', { ...chatBody, response_format: { type: 'json_object' } }, 400, 'response_format', /not supported/, CHAT],
    ['best words without log-probabilities', { ...chatBody, top_logprobs: 2 }, 400, 'top_logprobs', /only with/, CHAT],
    ['a prompt to the chat', { ...chatBody, prompt: 'a' }, 400, 'prompt', /unknown field/, CHAT],
    ['a conversation of no tokens', { ...chatBody, max_tokens: 0 }, 400, 'max_tokens', /1 or more/, CHAT],
    ['a path that is none', p, 404, null, /nothing at/, '/v1/embeddings'],
  ];
  for (const [what, body, status, param, says, to] of mistakes)
    test(`${what} is refused with ${status}`, async () => {
      const response = await post(body, to);
      const { error } = (await response.json()) as { error: Record<string, unknown> };
      assert.deepEqual([response.status, error.param, Object.keys(error)], [status, param, ['message', 'type', 'param', 'code']]);
      assert.match(String(error.message), says);
    });

  test('everything wrong is told at once, and the client reads it', async () => {
    const wrong = { model: 'micro', prompt: 'a', n: -1, top_p: 2 };
    await assert.rejects(client.completions.create(wrong), (error: unknown) => {
      assert.ok(error instanceof APIError);
      assert.deepEqual([error.status, error.param, error.code, error.type], [400, 'n', 'invalid_value', 'invalid_request_error']);
      assert.match(error.message, /n: got -1[\s\S]*top_p: got 2/);
      return true;
    });
  });

  test('fields that ask for nothing are let through', async () => {
    const body = {
      ...p,
      max_tokens: 1,
      user: 'me',
      suffix: null,
      best_of: 1,
      presence_penalty: 0,
      logit_bias: {},
      stop: null,
      top_k: -1,
      min_p: 0,
    };
    assert.equal((await post(body)).status, 200);
    const chatty = {
      ...chatBody,
      max_tokens: 1,
      tools: [],
      tool_choice: 'none',
      response_format: { type: 'text' },
      parallel_tool_calls: true,
    };
    assert.equal((await post(chatty, CHAT)).status, 200);
  });

  test('bodies that are no JSON by their own word are refused, and so is the wrong method', async () => {
    assert.equal((await post(p, '/v1/completions', { 'content-type': 'text/plain' })).status, 415);
    const got = await fetch(`${url}/v1/completions`);
    assert.deepEqual([got.status, got.headers.get('allow')], [405, 'POST']);
  });
});

test('a model without a template refuses conversations and says so', async () => {
  const server = await open({ model: { ...model, tokenizer: { ...tokenizer, hasChatTemplate: false } } });
  const { url } = await server.listen(0, '127.0.0.1');
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'x', maxRetries: 0 });
  await assert.rejects(
    client.chat.completions.create({ model: 'micro', messages: [{ role: 'user', content: 'hi' }] }),
    (error: unknown) => {
      assert.ok(error instanceof APIError && error.status === 400 && error.code === 'no_chat_template');
      return true;
    },
  );
  await server.close(0);
});
