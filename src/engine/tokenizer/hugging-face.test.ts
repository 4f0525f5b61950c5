// Ids, texts and prompts against the reference tokenizers (REST_EM_SHARED), and the decoding rules that a bare clone can check with the micro model.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { ModelError } from '../../errors.ts';
import { characterOfByte } from './decoders.ts';
import { makeTokenizer } from './hugging-face.ts';
import { createTextStream } from './incremental.ts';
import type { Tokenizer } from './tokenizer.ts';

type Json = Record<string, unknown>;
const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));

function tokenizerIn(folder: string, change: (tokenizer: Json, config: Json) => void = () => undefined): Tokenizer {
  const [tokenizerJson, tokenizerConfig] = [readJson(folder, 'tokenizer.json'), readJson(folder, 'tokenizer_config.json')];
  change(tokenizerJson, tokenizerConfig);
  const [generationConfig, configJson] = [readJson(folder, 'generation_config.json'), readJson(folder, 'config.json')];
  return makeTokenizer({
    fileOf: part => join(folder, part),
    tokenizerJson,
    tokenizerConfig,
    generationConfig,
    configJson,
    chatTemplate: null,
    config: null,
  });
}

const micro = join(import.meta.dirname, '..', 'weights', 'fixtures', 'micro');
const tokenizer = tokenizerIn(micro);
const vocabulary = readJson(micro, 'tokenizer.json').model.vocab;
const heart = [...Buffer.from('❤')].map(byte => vocabulary[characterOfByte[byte]!]); // its three bytes

test('any text survives encoding and decoding', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => tokenizer.decode(tokenizer.encode(text)) === text.toWellFormed()));
});

test('no ids are no text', () => assert.equal(tokenizer.decode([]), ''));

test('a byte order mark inside a text is kept', () => assert.equal(tokenizer.decode(tokenizer.encode('a\ufeffb')), 'a\ufeffb'));

test('a character that is cut off decodes to one U+FFFD', () => {
  assert.equal(tokenizer.decode(heart), '❤');
  assert.equal(tokenizer.decode(heart.slice(0, 2)), '\ufffd');
  assert.equal(tokenizer.decode([...heart.slice(0, 2), ...heart]), '\ufffd❤');
});

test('ids without a token decode to nothing', () => assert.equal(tokenizer.decode([...tokenizer.encode('a'), 100_000]), 'a'));

test('special tokens are dropped on request only', () => {
  const ids = tokenizer.encode('a<|im_end|>b');
  assert.ok(ids.includes(tokenizer.endId));
  assert.equal(tokenizer.decode(ids), 'a<|im_end|>b');
  assert.equal(tokenizer.decode(ids, { skipSpecial: true }), 'ab');
});

test('texts that arrive id by id join to the text of all ids', () => {
  const someIds = fc.array(fc.integer({ min: 0, max: tokenizer.vocabSize - 1 }));
  fc.assert(
    fc.property(someIds, ids => {
      const stream = createTextStream(tokenizer);
      assert.equal(ids.map(stream.push).join('') + stream.finish(), tokenizer.decode(ids));
    }),
  );
});

test('an unfinished character is held back until it is whole', () => {
  const stream = createTextStream(tokenizer);
  assert.deepEqual(heart.map(stream.push), ['', '', '❤']);
});

test('Unicode numbers count as digits where a tokenizer splits digits', () => {
  const digits = tokenizerIn(micro, json => {
    json.pre_tokenizer = { type: 'Sequence', pretokenizers: [{ type: 'Digits', individual_digits: true }, json.pre_tokenizer] };
    const model = json.model as { vocab: Json; merges: unknown[] };
    model.vocab['Â¼'] = 272; // the two bytes of ¼, after a space only if the digit is not split off
    model.vocab['ĠÂ¼'] = 273;
    model.merges.push(['Â', '¼'], ['Ġ', 'Â¼']);
  });
  assert.deepEqual(digits.encode(' ¼'), [...digits.encode(' '), 272]);
});

test('the ends of a text are those of the tokenizer, then those of the generation configuration', () => {
  const folder = (generation: unknown) =>
    makeTokenizer({
      fileOf: part => part,
      tokenizerJson: readJson(micro, 'tokenizer.json'),
      tokenizerConfig: { eos_token: { content: '<|im_end|>' } },
      generationConfig: { eos_token_id: generation },
      configJson: { eos_token_id: 1 },
      chatTemplate: null,
      config: null,
    });
  assert.deepEqual(folder([0, 2]).eosIds, [2, 0]);
  assert.deepEqual(folder(0).eosIds, [2, 0]);
  assert.deepEqual(folder(undefined).eosIds, [2, 1]);
  assert.equal(folder([0, 2]).endId, 2);
});

const refusals: readonly { readonly what: string; readonly change: (json: Json, config: Json) => void; readonly says: RegExp }[] = [
  {
    what: 'a model kind other than BPE',
    change: json => Object.assign(json, { model: { type: 'WordPiece' } }),
    says: /"WordPiece" is not supported; accepted: BPE/,
  },
  { what: 'an unknown decoder', change: json => Object.assign(json, { decoder: { type: 'CTC' } }), says: /decoder CTC is not supported/ },
  {
    what: 'an unknown pre-tokenizer',
    change: json => Object.assign(json, { pre_tokenizer: { type: 'Nonsense' } }),
    says: /tokenizer\.json: cannot be used/,
  },
  {
    what: 'a template that does not parse',
    change: (_, config) => Object.assign(config, { chat_template: '{% for %}' }),
    says: /tokenizer_config\.json: the chat template does not parse/,
  },
];

for (const { what, change, says } of refusals) {
  test(`${what} is refused by name`, () => {
    assert.throws(
      () => tokenizerIn(micro, change),
      (error: unknown) => error instanceof ModelError && says.test(error.message),
    );
  });
}

test('an id that the model lacks is refused when a text gives it', () => {
  const files = {
    fileOf: (part: string) => part,
    tokenizerConfig: null,
    generationConfig: { eos_token_id: 2 },
    configJson: null,
    chatTemplate: null,
  };
  const small = makeTokenizer({ ...files, tokenizerJson: readJson(micro, 'tokenizer.json'), config: { vocab: 100 } });
  assert.throws(() => small.encode('the'), /the model has only 100 tokens/);
});

test('the template among named ones that is called default is used, with the special tokens at hand', () => {
  const named = tokenizerIn(micro, (_, config) => {
    config.chat_template = [
      { name: 'tools', template: 'wrong' },
      { name: 'default', template: '{{ eos_token }}{{ messages[0].content }}{{ extra }}' },
    ];
  });
  assert.equal(named.renderChat([{ role: 'user', content: 'hi' }], { variables: { extra: '!' } }), '<|im_end|>hi!');
});

const shared = process.env.REST_EM_SHARED || undefined;
const engine = join(shared ?? '', 'fixtures', 'engine');

for (const name of ['gpt2', 'llama2', 'llama3', 'qwen', 'qwen-thinking', 'smollm']) {
  test(`${name}: ids, texts and prompts equal the reference`, { skip: shared === undefined && 'REST_EM_SHARED is not set' }, () => {
    const reference = readJson(engine, 'tokenizers', `${name}.json`);
    const its = tokenizerIn(join(engine, reference.tokenizer[0]));
    for (const { text, ids, idsWithSpecial, decoded, decodedSkippingSpecial } of reference.encode) {
      assert.deepEqual(its.encode(text), ids, JSON.stringify(text));
      assert.deepEqual(its.encode(text, { addSpecial: true }), idsWithSpecial, JSON.stringify(text));
      assert.equal(its.decode(ids), decoded);
      assert.equal(its.decode(idsWithSpecial, { skipSpecial: true }), decodedSkippingSpecial);
    }
    for (const { ids, decoded } of reference.decode) assert.equal(its.decode(ids), decoded, ids.join());
    for (const { messages, addGenerationPrompt, variables = {}, text, ids, error } of reference.chat) {
      if (error !== undefined) assert.throws(() => its.renderChat(messages, { addGenerationPrompt, variables }), ModelError);
      else {
        assert.equal(its.renderChat(messages, { addGenerationPrompt, variables }), text);
        assert.deepEqual(its.encode(text), ids);
      }
    }
  });
}
