// A row of the M-step as the ids that the model is fitted to: the prompt bears no loss, the completion does, and the end token after it too, because a
// model must learn to stop.
import type { FitRow } from '../requests.ts';
import type { TokenRow } from './fit.ts';
import { promptIds } from './tokenizer/prompt-ids.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

export function tokenRow(tokenizer: Tokenizer, row: FitRow): TokenRow {
  const tokens = row.tokens ?? tokenizer.encode(row.completion, { addSpecial: false });
  return { id: row.id, prompt: promptIds(tokenizer, row.prompt), completion: [...tokens, tokenizer.endId], weight: row.weight };
}
