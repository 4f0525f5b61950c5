// Where the steps of a completion end, in tokens: after the token that completes one of the texts that end a step. What has nothing to see (a blank
// line, the end token) is no step of its own. The engine does not know what a step is; the caller names the texts.
import { createTextStream } from './tokenizer/incremental.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

/** How many tokens each step has, in order; together all of them. No tokens: no steps. */
export function stepLengths(tokenizer: Pick<Tokenizer, 'decode'>, tokens: readonly number[], ends: readonly string[]): number[] {
  const stream = createTextStream(tokenizer, { skipSpecial: true });
  const lengths: number[] = [];
  let from = 0;
  let said = '';
  for (const [i, id] of tokens.entries()) {
    said += stream.push(id);
    const seen = said.trimStart();
    if (seen === '' || !ends.some(end => seen.includes(end))) continue;
    lengths.push(i + 1 - from);
    from = i + 1;
    said = '';
  }
  const rest = tokens.length - from;
  if (rest === 0) return lengths;
  const last = said.trim() === '' ? lengths.pop() : undefined;
  return [...lengths, (last ?? 0) + rest];
}
