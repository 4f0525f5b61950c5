// Asks the engine for what a request wants: completions of each of its prompts, and where prompts are echoed with log-probabilities, their scores.
import type { LiveClient } from '../engine/live-client.ts';
import type { LiveToken, Scored } from '../engine/live-messages.ts';
import type { Generation } from '../requests.ts';
import { type Ask, type AskedPrompt, seedsOf } from './ask.ts';

/** What the engine does for the server. */
export type Serving = Pick<LiveClient, 'sample' | 'score'>;

export interface Choice {
  readonly index: number;
  readonly prompt: AskedPrompt;
  /** Of an echoed prompt with log-probabilities; null otherwise. */
  readonly scored: Scored | null;
}

export interface FinishedChoice extends Choice {
  readonly tokens: readonly LiveToken[];
  readonly generation: Generation;
}

/** Told of what happens, for streams. A choice begins before its first token. */
export interface Listener {
  onBegin?(choice: Choice): void;
  onToken?(choice: Choice, token: LiveToken): void;
  onDone?(choice: FinishedChoice): void;
}

export interface GenerateOptions extends Listener {
  readonly signal: AbortSignal;
  /** The seed of a request that has none. */
  readonly seed: number;
}

const nothingSaid = (promptTokens: number): Generation => ({ text: '', tokens: [], logprobs: [], finish: 'length', promptTokens });

/** All choices of a request, in order: prompt by prompt, draw by draw. Rejects with Interrupted when the signal takes the request back. */
export async function generate(serving: Serving, ask: Ask, options: GenerateOptions): Promise<FinishedChoice[]> {
  const rows = await Promise.all(ask.prompts.map((_, p) => ofPrompt(serving, ask, p, options)));
  return rows.flat();
}

async function ofPrompt(serving: Serving, ask: Ask, p: number, options: GenerateOptions): Promise<FinishedChoice[]> {
  const { signal, onBegin, onToken, onDone } = options;
  const { n, settings, logprobs, echo } = ask;
  const prompt = ask.prompts[p]!;
  const scored = echo && logprobs !== null ? await serving.score(prompt.ids, logprobs, signal) : null;
  const choices = Array.from({ length: n }, (_, draw): Choice => ({ index: p * n + draw, prompt, scored }));
  const told: LiveToken[][] = choices.map(() => []);
  const finished = (draw: number, generation: Generation): FinishedChoice => ({ ...choices[draw]!, tokens: told[draw]!, generation });
  for (const choice of choices) onBegin?.(choice);
  if (settings.maxTokens === 0) {
    const done = choices.map((_, draw) => finished(draw, nothingSaid(prompt.ids.length)));
    for (const choice of done) onDone?.(choice);
    return done;
  }
  const seeds = seedsOf(ask, p, ask.seed ?? options.seed);
  const generations = await serving.sample(
    { prompt: prompt.ids, seeds, settings, best: logprobs ?? 0 },
    {
      signal,
      onToken: token => {
        told[token.draw]!.push(token);
        onToken?.(choices[token.draw]!, token);
      },
      onDone: (draw, generation) => onDone?.(finished(draw, generation)),
    },
  );
  return generations.map((generation, draw) => finished(draw, generation));
}
