// A training row in lines of text, token by token, as the engine will see it: made by the same function, so it cannot say anything else.
import { tokenRow } from '../engine/token-row.ts';
import type { Tokenizer } from '../engine/tokenizer/tokenizer.ts';
import type { FitRow } from '../requests.ts';

export type { Tokenizer } from '../engine/tokenizer/tokenizer.ts';

/** A head line, then a line for each token: its place, its id, 1 where it bears loss, and its text as JSON (U+FFFD: a part of a character). */
export function describeTrainingRow(tokenizer: Tokenizer, row: FitRow): string {
  const { prompt, completion, weight } = tokenRow(tokenizer, row);
  const tokens = [...prompt.map(id => ({ id, loss: 0 })), ...completion.map(id => ({ id, loss: 1 }))];
  const end = tokens.length - 1;
  const lines = tokens.map(({ id, loss }, i) => {
    const text = JSON.stringify(tokenizer.decode([id]));
    return `${String(i).padStart(5)} ${String(id).padStart(7)}    ${loss} ${text}${i === end ? ' (the end)' : ''}`;
  });
  const head = `first training row: ${row.id}, weight ${weight}; ${tokens.length} tokens, of which ${completion.length} bear loss`;
  return `${[head, 'place      id loss text', ...lines].join('\n')}\n`;
}
