// From sampled tokens to what was said: where a completion ends, and its text, cut before a stop string.
import type { Generation, SamplingSettings } from '../requests.ts';
import type { Completed, SampleRules } from './sampling.ts';
import { stepLengths } from './steps.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

/** Below this a temperature is greedy: its inverse would not fit a float32. */
const COLDEST = 1e-6;

export function rulesOf(tokenizer: Tokenizer, settings: SamplingSettings): SampleRules {
  const { stop, topK, topP, maxTokens } = settings;
  const temperature = settings.temperature < COLDEST ? 0 : settings.temperature;
  const rules = { temperature, topK, topP, maxTokens, endIds: tokenizer.eosIds };
  if (stop.length === 0) return rules;
  // A token spells at least one byte, so a stop string that has just been completed lies within its number of bytes, and one token's rest.
  const window = 1 + Math.max(...stop.map(s => Buffer.byteLength(s)));
  const hasStop = (ids: readonly number[]) => {
    const text = tokenizer.decode(ids, { skipSpecial: true });
    return stop.some(s => text.includes(s));
  };
  return { ...rules, isStopped: tokens => hasStop(tokens.slice(-window)) };
}

/** `prefix`: ids of the completion that stood there before any was sampled. */
export function generationOf(
  tokenizer: Tokenizer,
  prefix: readonly number[],
  { tokens, logprobs, finish }: Completed,
  { stop, stepEnds }: SamplingSettings,
  promptTokens: number,
): Generation {
  const said = [...prefix, ...tokens];
  const whole = tokenizer.decode(finish === 'end' ? said.slice(0, -1) : said, { skipSpecial: true });
  const cut = Math.min(whole.length, ...stop.map(s => whole.indexOf(s)).filter(i => i >= 0));
  const text = whole.slice(0, cut);
  const isCut = cut < whole.length || finish === 'stop';
  const textTokens = isCut ? spelling(tokenizer, said, text) : undefined;
  return {
    text,
    tokens,
    logprobs,
    finish: isCut ? 'stop' : finish,
    promptTokens,
    ...(textTokens !== undefined && { textTokens }),
    ...(stepEnds && { steps: stepLengths(tokenizer, tokens, stepEnds) }),
  };
}

/** How many of the first tokens spell exactly `text`, if any number does. */
function spelling(tokenizer: Tokenizer, tokens: readonly number[], text: string): number | undefined {
  for (let n = tokens.length; n >= 0; n--) {
    const spelt = tokenizer.decode(tokens.slice(0, n), { skipSpecial: true });
    if (spelt === text) return n;
    if (spelt.length < text.length) return undefined;
  }
  return undefined;
}
