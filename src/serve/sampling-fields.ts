// The fields that both kinds of completions share, and what they come to: settings of the sampler, seeds, how to answer.
import { MOST_BEST } from '../engine/live-messages.ts';
import type { SamplingSettings } from '../requests.ts';
import { between, type Field, flag, label, nothing, only, text, type Values, whole, without } from './fields.ts';
import { badRequest } from './problem.ts';

/** Completions of one request, all prompts together. */
export const MOST_COMPLETIONS = 1024;
const MOST_STOPS = 64;

const stop: Field<readonly string[]> = {
  accepted: `a text or at most ${MOST_STOPS} texts, none empty`,
  read: value => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isText = (x: unknown): x is string => typeof x === 'string' && x !== '';
    return list.length <= MOST_STOPS && list.every(isText) ? list : undefined;
  },
};

const streamOptions: Field<{ readonly includeUsage: boolean }> = {
  accepted: '{"include_usage": true or false}',
  read: value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const { include_usage = false, include_obfuscation = false, ...others } = value as Record<string, unknown>;
    if (typeof include_usage !== 'boolean' || include_obfuscation !== false || Object.keys(others).length > 0) return undefined;
    return { includeUsage: include_usage };
  },
};

/** top_k -1 and 0 both keep every token: vLLM's clients send the one, others the other. */
const topK: Field<number> = {
  accepted: 'a whole number, 0 or -1 for no limit',
  read: value => (Number.isSafeInteger(value) && Number(value) >= -1 ? Math.max(0, Number(value)) : undefined),
};

export const topLogprobs = whole(0, MOST_BEST);

export const SAMPLING_FIELDS = {
  model: text,
  n: whole(1, 128),
  seed: whole(Number.MIN_SAFE_INTEGER),
  temperature: between(0, 2),
  top_p: between(0, 1),
  top_k: topK,
  stop,
  max_tokens: whole(0),
  max_completion_tokens: whole(0),
  stream: flag,
  stream_options: streamOptions,
  return_token_ids: flag,
  return_tokens_as_token_ids: flag,
  user: label,
  metadata: label,
  safety_identifier: label,
  prompt_cache_key: label,
  store: only(false),
  service_tier: only('auto', 'default'),
  presence_penalty: only(0),
  frequency_penalty: only(0),
  repetition_penalty: only(1),
  min_p: only(0),
  min_tokens: only(0),
  ignore_eos: only(false),
  skip_special_tokens: only(true),
  include_stop_str_in_output: only(false),
  stop_token_ids: nothing,
  logit_bias: without('null or {}', value => typeof value === 'object' && value !== null && Object.keys(value).length === 0),
} as const;

type Shared = Values<typeof SAMPLING_FIELDS>;

/** How the answer is to be sent. */
export interface Manner {
  readonly isStream: boolean;
  readonly includeUsage: boolean;
  readonly returnTokenIds: boolean;
  readonly tokensAsIds: boolean;
}

export function mannerOf({ stream = false, stream_options, return_token_ids = false, return_tokens_as_token_ids = false }: Shared): Manner {
  if (stream_options && !stream)
    throw badRequest('stream_options: only with "stream": true', { param: 'stream_options', code: 'invalid_value' });
  const includeUsage = stream_options?.includeUsage ?? false;
  return { isStream: stream, includeUsage, returnTokenIds: return_token_ids, tokensAsIds: return_tokens_as_token_ids };
}

/** OpenAI's defaults: temperature 1, every token kept. */
export const settingsOf = ({ temperature = 1, top_p = 1, top_k = 0, stop: stops = [] }: Shared, maxTokens: number): SamplingSettings => ({
  temperature,
  topP: top_p,
  topK: top_k,
  stop: stops,
  maxTokens,
});

/** The two names of one limit. */
export function maxTokensOf({ max_tokens, max_completion_tokens }: Shared): number | undefined {
  if (max_tokens === undefined || max_completion_tokens === undefined || max_tokens === max_completion_tokens)
    return max_completion_tokens ?? max_tokens;
  throw badRequest(`max_tokens: got ${max_tokens}, and ${max_completion_tokens} as max_completion_tokens; accepted: one of them`, {
    param: 'max_tokens',
    code: 'invalid_value',
  });
}
