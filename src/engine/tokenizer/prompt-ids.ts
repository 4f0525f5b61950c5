// A prompt as the ids a model sees: text with BOS where the tokenizer says so, a chat as its template writes it (which then owns BOS).
import type { Prompt } from '../../prompt.ts';
import type { Tokenizer } from './tokenizer.ts';

export const promptIds = (tokenizer: Tokenizer, prompt: Prompt): number[] =>
  prompt.kind === 'text'
    ? tokenizer.encode(prompt.text, { addSpecial: true })
    : tokenizer.encode(tokenizer.renderChat(prompt.messages, { addGenerationPrompt: true }), { addSpecial: false });
