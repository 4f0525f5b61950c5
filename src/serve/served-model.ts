// The model as requests see it: its name, its tokenizer, and how many tokens it can hold. Says what cannot be asked of it before anything is queued.
import { promptIds } from '../engine/tokenizer/prompt-ids.ts';
import type { Tokenizer } from '../engine/tokenizer/tokenizer.ts';
import { ModelError } from '../errors.ts';
import type { Message } from '../prompt.ts';
import { badRequest } from './problem.ts';

export interface ServedModel {
  /** What answers call it. */
  readonly name: string;
  /** Other names by which it may be asked for. */
  readonly aliases: readonly string[];
  readonly tokenizer: Tokenizer;
  /** Ids it has. */
  readonly vocab: number;
  /** Tokens of a prompt and its completion together. */
  readonly context: number;
}

/** Throws Problem 404. No name at all is the one model there is. */
export function checkName(model: ServedModel, name: string | undefined): void {
  if (name === undefined || name === model.name || model.aliases.includes(name)) return;
  throw badRequest(`model: ${JSON.stringify(name.slice(0, 200))} is not served here; accepted: ${JSON.stringify(model.name)}`, {
    status: 404,
    param: 'model',
    code: 'model_not_found',
  });
}

/** Throws Problem 400 for an empty prompt and for ids that the model does not have. */
export function checkIds({ vocab }: ServedModel, ids: readonly number[], param: string): readonly number[] {
  if (ids.length === 0) throw badRequest(`${param}: is empty: there is nothing to go on from`, { param, code: 'invalid_value' });
  const unknown = ids.find(id => id >= vocab);
  if (unknown === undefined) return ids;
  throw badRequest(`${param}: holds the id ${unknown}; the model has ${vocab}`, { param, code: 'invalid_value' });
}

export const textIds = (model: ServedModel, text: string, param: string): readonly number[] =>
  checkIds(model, promptIds(model.tokenizer, { kind: 'text', text }), param);

/** Throws Problem 400 where the model has no chat template, or its template refuses the conversation. */
export function chatIds(model: ServedModel, messages: readonly Message[]): readonly number[] {
  const param = 'messages';
  if (!model.tokenizer.hasChatTemplate)
    throw badRequest(`the model ${model.name} has no chat template: ask it by /v1/completions`, { param, code: 'no_chat_template' });
  try {
    return checkIds(model, promptIds(model.tokenizer, { kind: 'chat', messages }), param);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw badRequest(error.complaints[0]!.message, { param, code: 'chat_template_failed' });
  }
}

/** Room for a completion behind the longest prompt. Throws Problem 400 where what is asked for does not fit. */
export function roomFor(model: ServedModel, prompts: readonly (readonly number[])[], maxTokens: number | undefined, usual: number): number {
  const { context } = model;
  const longest = prompts.reduce((n, ids) => Math.max(n, ids.length), 0);
  const wanted = maxTokens ?? Math.min(usual, context - longest);
  if (longest + wanted <= context && (wanted > 0 || maxTokens === 0)) return wanted;
  const asked = maxTokens === undefined ? 'and leaves no room for a completion' : `and ${maxTokens} more are asked for`;
  throw badRequest(`the maximum context length is ${context} tokens; a prompt has ${longest} ${asked}`, {
    param: maxTokens === undefined || longest >= context ? 'prompt' : 'max_tokens',
    code: 'context_length_exceeded',
  });
}
