// POST /v1/completions: prompts as they stand, as texts or as ids, one or several.

import type { AskedPrompt } from './ask.ts';
import { type Endpoint, finishReason } from './endpoint.ts';
import { type Field, flag, only, readFields, without } from './fields.ts';
import { completionLogprobs } from './places.ts';
import { badRequest } from './problem.ts';
import { MOST_COMPLETIONS, mannerOf, maxTokensOf, SAMPLING_FIELDS, settingsOf, topLogprobs } from './sampling-fields.ts';
import { checkIds, checkName, roomFor, type ServedModel, textIds } from './served-model.ts';

/** OpenAI's default, which surprises everybody once. */
const USUAL_TOKENS = 16;

type Prompts = readonly (string | readonly number[])[];

const isId = (x: unknown): x is number => Number.isSafeInteger(x) && Number(x) >= 0;
const isIds = (x: unknown): x is number[] => Array.isArray(x) && x.length > 0 && x.every(isId);

const prompt: Field<Prompts> = {
  accepted: `a text, a list of ids, or a list of at most ${MOST_COMPLETIONS} of either`,
  read: value => {
    if (typeof value === 'string' || isIds(value)) return [value];
    if (!Array.isArray(value) || value.length === 0 || value.length > MOST_COMPLETIONS) return undefined;
    return value.every(x => typeof x === 'string') || value.every(isIds) ? value : undefined;
  },
};

const FIELDS = {
  ...SAMPLING_FIELDS,
  prompt,
  logprobs: topLogprobs,
  echo: flag,
  best_of: without('null, or what n is', value => Number.isSafeInteger(value) && Number(value) >= 1),
  suffix: only(''),
  add_special_tokens: only(true),
} as const;

function promptOf(model: ServedModel, given: Prompts[number]): AskedPrompt {
  if (typeof given === 'string') return { ids: textIds(model, given, 'prompt'), text: given };
  return { ids: checkIds(model, given, 'prompt'), text: null };
}

export const completions: Endpoint = {
  prefix: 'cmpl',
  object: 'text_completion',
  chunkObject: 'text_completion',
  isAnnounced: false,
  read(body, model) {
    const values = readFields(FIELDS, body);
    checkName(model, values.model);
    const { n = 1, echo = false, logprobs = null, seed = null } = values;
    if (values.best_of && body.best_of !== n)
      throw badRequest(`best_of: got ${body.best_of}; accepted: null, or what n is (${n})`, { param: 'best_of', code: 'invalid_value' });
    if (!values.prompt) throw badRequest(`prompt: is missing; accepted: ${prompt.accepted}`, { param: 'prompt', code: 'missing_field' });
    const count = n * values.prompt.length;
    if (count > MOST_COMPLETIONS)
      throw badRequest(`n: ${count} completions in all; accepted: at most ${MOST_COMPLETIONS}`, { param: 'n', code: 'invalid_value' });
    const prompts = values.prompt.map(given => promptOf(model, given));
    const ids = prompts.map(p => p.ids);
    const maxTokens = roomFor(model, ids, maxTokensOf(values), USUAL_TOKENS);
    return { prompts, n, seed, settings: settingsOf(values, maxTokens), logprobs, echo, manner: mannerOf(values) };
  },
  choice: (done, text, places, wordOf) => ({
    index: done.index,
    text,
    logprobs: places && completionLogprobs(places, wordOf),
    finish_reason: finishReason(done),
  }),
  chunk: ({ index, text, places, wordOf, finish }) => ({
    index,
    text,
    logprobs: places && completionLogprobs(places, wordOf),
    finish_reason: finish,
  }),
};
