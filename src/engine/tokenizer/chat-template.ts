// Conversations → prompt text by the model's own Jinja template, rendered as transformers does (trim_blocks, lstrip_blocks, its variables).
// The template owns BOS and every marker; the text it gives is encoded without added special tokens.
import { Template } from '@huggingface/jinja';
import { ModelError } from '../../errors.ts';
import type { Message } from '../../prompt.ts';

export interface ChatOptions {
  readonly addGenerationPrompt?: boolean;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export type RenderChat = (messages: readonly Message[], options?: ChatOptions) => string;

/** Parses the template now, so that a broken one is found when the model opens. Throws ModelError naming `file`, here and when rendering. */
export function makeChatTemplate(file: string, template: string, specialTokens: Readonly<Record<string, string>>): RenderChat {
  const parsed = attempt(file, 'the chat template does not parse', () => new Template(template));
  return (messages, { addGenerationPrompt = false, variables = {} } = {}) =>
    attempt(file, 'the chat template refuses the conversation', () =>
      parsed.render({ tools: null, documents: null, ...specialTokens, ...variables, messages, add_generation_prompt: addGenerationPrompt }),
    );
}

function attempt<T>(file: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelError(file, `${what}: ${reason.replace(/\s+/g, ' ').slice(0, 200)}`);
  }
}
