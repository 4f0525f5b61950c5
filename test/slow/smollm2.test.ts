// The engine with a real pretrained model, SmolLM2-135M-Instruct (GGUF, Q4_1), against the numbers of transformers on the same dequantised weights.
// The model lies in the folder that the environment variable REST_EM_SHARED names.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  checkGreedy,
  FIXTURES,
  json,
  type Logits,
  type Sequence,
  SHARED,
  skip,
  withModel,
  worstScore,
} from '../../src/engine/references.test.ts';

interface SmolLM2 {
  readonly scored: readonly (Omit<Sequence, 'name'> & { readonly text: string })[];
  readonly chat: readonly (Omit<Logits['greedy'][number], 'prompt'> & { readonly promptTokens: readonly number[] })[];
}
const MODEL = join(SHARED, 'models/smollm2-135m-instruct-q4_1.gguf');
const noModel = skip || (existsSync(MODEL) ? false : 'the model file is not there');

test('SmolLM2-135M gives the log-probabilities and greedy chats of transformers', { skip: noModel }, () =>
  withModel(MODEL, async (source, parameters) => {
    const { scored, chat } = json<SmolLM2>(join(FIXTURES, 'smollm2.json'));
    const sequences = scored.map(s => ({ ...s, name: s.text }));
    assert.ok((await worstScore(source, parameters, sequences, () => 1)) < 2e-4);
    const greedy = chat.map(c => ({ ...c, prompt: c.promptTokens }));
    await checkGreedy(source, parameters, greedy);
  }),
);
