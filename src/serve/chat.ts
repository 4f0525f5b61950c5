// POST /v1/chat/completions: conversations, written out by the model's own template.
import type { Message } from '../prompt.ts';
import { type Endpoint, finishReason } from './endpoint.ts';
import { type Field, flag, nothing, only, readFields, without } from './fields.ts';
import { chatLogprobs } from './places.ts';
import { badRequest } from './problem.ts';
import { mannerOf, maxTokensOf, SAMPLING_FIELDS, settingsOf, topLogprobs } from './sampling-fields.ts';
import { chatIds, checkName, roomFor } from './served-model.ts';

const ROLES: Readonly<Record<string, Message['role']>> = { system: 'system', developer: 'system', user: 'user', assistant: 'assistant' };

const isObject = (x: unknown): x is Readonly<Record<string, unknown>> => typeof x === 'object' && x !== null && !Array.isArray(x);

/** A text, or parts that are texts. */
function contentOf(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content) || content.length === 0) return undefined;
  const parts = content.map(part =>
    isObject(part) && part.type === 'text' && typeof part.text === 'string' && Object.keys(part).length === 2 ? part.text : undefined,
  );
  return parts.every(part => part !== undefined) ? parts.join('') : undefined;
}

function messageOf(value: unknown): Message | undefined {
  if (!isObject(value)) return undefined;
  const { role, content, ...others } = value;
  const text = contentOf(content);
  const known = typeof role === 'string' && Object.hasOwn(ROLES, role) ? ROLES[role] : undefined;
  const isPlain = Object.values(others).every(x => x === null || (Array.isArray(x) && x.length === 0));
  return known && text !== undefined && isPlain ? { role: known, content: text } : undefined;
}

const messages: Field<readonly Message[]> = {
  accepted: `a list of {"role": ${Object.keys(ROLES).join(' or ')}, "content": a text or parts of type text}; tools, images, names are not supported`,
  read: value => {
    if (!Array.isArray(value) || value.length === 0) return undefined;
    const all = value.map(messageOf);
    return all.every(m => m !== undefined) ? all : undefined;
  },
};

const isTextFormat = (value: unknown) => isObject(value) && value.type === 'text';

const FIELDS = {
  ...SAMPLING_FIELDS,
  messages,
  logprobs: flag,
  top_logprobs: topLogprobs,
  tools: nothing,
  tool_choice: only('none', 'auto'),
  functions: nothing,
  function_call: only('none', 'auto'),
  parallel_tool_calls: only(true, false),
  response_format: without('{"type": "text"}', isTextFormat),
  modalities: without('["text"]', value => Array.isArray(value) && value.length === 1 && value[0] === 'text'),
  echo: only(false),
  add_generation_prompt: only(true),
  continue_final_message: only(false),
} as const;

export const chat: Endpoint = {
  prefix: 'chatcmpl',
  object: 'chat.completion',
  chunkObject: 'chat.completion.chunk',
  isAnnounced: true,
  read(body, model) {
    const values = readFields(FIELDS, body);
    checkName(model, values.model);
    const { n = 1, seed = null, logprobs: wants = false, top_logprobs = 0 } = values;
    if (!values.messages)
      throw badRequest(`messages: is missing; accepted: ${messages.accepted}`, { param: 'messages', code: 'missing_field' });
    if (values.top_logprobs !== undefined && !wants)
      throw badRequest('top_logprobs: only with "logprobs": true', { param: 'top_logprobs', code: 'invalid_value' });
    const maxTokens = maxTokensOf(values);
    if (maxTokens === 0) throw badRequest('max_tokens: got 0; accepted: 1 or more', { param: 'max_tokens', code: 'invalid_value' });
    const ids = chatIds(model, values.messages);
    const settings = settingsOf(values, roomFor(model, [ids], maxTokens, model.context));
    const prompts = [{ ids, text: null }];
    return { prompts, n, seed, settings, logprobs: wants ? top_logprobs : null, echo: false, manner: mannerOf(values) };
  },
  choice: (done, text, places, wordOf) => ({
    index: done.index,
    message: { role: 'assistant', content: text, refusal: null },
    logprobs: places && chatLogprobs(places, wordOf),
    finish_reason: finishReason(done),
  }),
  chunk: ({ index, text, places, wordOf, finish, isFirst }) => ({
    index,
    delta: { ...(isFirst && { role: 'assistant' }), ...((text !== '' || isFirst) && { content: text }) },
    logprobs: places && places.length > 0 ? chatLogprobs(places, wordOf) : null,
    finish_reason: finish,
  }),
};
