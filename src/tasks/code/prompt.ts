// How a program is asked for: a text that the model continues, or a message to a chat model, which answers with a fenced block.
import type { Prompt } from '../../prompt.ts';
import type { AskedSettings } from './settings.ts';

type Chat = Pick<AskedSettings, 'chat' | 'system'>;

/** `text` to be continued, or `message` for the model's chat template. */
export function askedPrompt({ chat, system }: Chat, text: string, message: string): Prompt {
  if (!chat) return { kind: 'text', text };
  const user = { role: 'user', content: message } as const;
  return { kind: 'chat', messages: system === undefined ? [user] : [{ role: 'system', content: system }, user] };
}

/** A program as the answer of a chat model. */
export const fenced = (language: string, program: string): string => `\`\`\`${language}\n${program.trimEnd()}\n\`\`\``;
