// How a word problem is asked: worked examples ("shots") and the question, as plain text or as messages for a chat template. A plain prompt ends
// right after "Answer:", without a blank: the completion brings its own (" 18 + 25 = 43"), because that is how tokenizers cut words, and a
// blank left behind in the prompt makes the model see a token it has never seen there.
import { z } from 'zod';
import type { Message, Prompt } from '../prompt.ts';
import { filled } from './template.ts';

const shotSchema = z.strictObject({ question: z.string().min(1), answer: z.string().min(1) });

export const promptSchema = z
  .strictObject({
    /** Worked examples before the question, or one text that holds them. */
    shots: z.union([z.array(shotSchema), z.string()]).default([]),
    /** How a question becomes a prompt; by default `Question: {question}\nAnswer:`, in a chat `{question}`. */
    template: z.string().includes('{question}', 'must hold {question}').optional(),
    /** Messages for the model's chat template; a shot becomes a question of the user and an answer of the assistant. */
    chat: z.boolean().default(false),
    system: z.string().min(1).optional(),
  })
  .refine(({ chat, template }) => chat || !/[ \t]$/.test(template ?? ''), {
    path: ['template'],
    message: "must not end with a blank: a completion brings its own (' 18 + 25 = 43')",
  })
  .refine(({ chat, shots }) => !chat || typeof shots !== 'string', {
    path: ['shots'],
    message: 'in a chat, a list of { question, answer }',
  })
  .refine(({ chat, system }) => chat || system === undefined, { path: ['system'], message: 'is for chat: true' });

export type PromptSettings = z.output<typeof promptSchema>;
type Shot = z.output<typeof shotSchema>;

const templateOf = ({ chat, template }: PromptSettings): string => template ?? (chat ? '{question}' : 'Question: {question}\nAnswer:');

/** The prompt of a question. */
export const promptOf = (settings: PromptSettings, question: string): Prompt =>
  settings.chat ? { kind: 'chat', messages: messagesOf(settings, question) } : { kind: 'text', text: textOf(settings, question) };

/**
 * The prompt of a question with its answer behind it, in brackets: "Ali had 3 plums … How many? (5)". Worked examples that are listed get theirs
 * as well, as far as `answerIn` finds one, so that they show what the brackets are for.
 */
export function hintedPromptOf(
  settings: PromptSettings,
  question: string,
  answer: string,
  answerIn: (text: string) => string | null,
): Prompt {
  const hinted = (text: string, hint: string | null) => (hint === null ? text : `${text} (${hint})`);
  const shots = Array.isArray(settings.shots)
    ? settings.shots.map(shot => ({ ...shot, question: hinted(shot.question, answerIn(shot.answer)) }))
    : settings.shots;
  return promptOf({ ...settings, shots }, hinted(question, answer));
}

/** What stands between a prompt and its completion: a blank after plain text, nothing in a chat or after a line's end. */
export const gapAfter = (settings: PromptSettings): string => (settings.chat || /\s$/.test(templateOf(settings)) ? '' : ' ');

function textOf(settings: PromptSettings, question: string): string {
  const { shots } = settings;
  const worked = typeof shots === 'string' ? [shots.trim()].filter(text => text !== '') : shots.map(shot => workedText(settings, shot));
  return [...worked, filled(templateOf(settings), { question })].join('\n\n');
}

const workedText = (settings: PromptSettings, shot: Shot): string =>
  filled(templateOf(settings), { question: shot.question }) + gapAfter(settings) + shot.answer.trim();

function messagesOf(settings: PromptSettings, question: string): Message[] {
  const ask = (text: string): Message => ({ role: 'user', content: filled(templateOf(settings), { question: text }) });
  const shots = typeof settings.shots === 'string' ? [] : settings.shots;
  return [
    ...(settings.system === undefined ? [] : [{ role: 'system', content: settings.system } as const]),
    ...shots.flatMap((shot): Message[] => [ask(shot.question), { role: 'assistant', content: shot.answer }]),
    ask(question),
  ];
}
