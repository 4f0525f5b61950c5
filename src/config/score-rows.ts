// What can be asked of a model is checked before any of it is asked: ids it has, prompts with something in them, lengths that fit.
import { promptIds } from '../engine/tokenizer/prompt-ids.ts';
import { type Complaint, ConfigError } from '../errors.ts';
import type { ScoreRow } from '../requests.ts';
import type { InspectedModel } from './model.ts';

interface Row {
  readonly id: string | number;
  readonly row: ScoreRow;
}

const MOST_COMPLAINTS = 20;

/** What a row asks that this model cannot answer. */
function rowComplaints({ config, tokenizer }: InspectedModel, { id, row: { prompt, completion } }: Row): Complaint[] {
  const field = `row ${id}`;
  if (prompt.kind === 'chat' && !tokenizer.hasChatTemplate) return [{ field, message: 'is a chat, and the model has no chat template' }];
  const before = prompt.kind === 'ids' ? prompt.ids : promptIds(tokenizer, prompt);
  const after = typeof completion === 'string' ? tokenizer.encode(completion) : completion;
  const unknown = [...before, ...after].find(id => id >= config.vocab);
  if (unknown !== undefined) return [{ field, message: `holds the id ${unknown}; the model has ${config.vocab}` }];
  if (before.length === 0) return [{ field, message: 'has an empty prompt: there is nothing to go on from' }];
  const tokens = before.length + after.length - 1;
  return tokens > config.maxPositions ? [{ field, message: `takes ${tokens} positions; the model has ${config.maxPositions}` }] : [];
}

/** Throws ConfigError naming the rows (twenty at most) that the model cannot score. */
export function checkRows(model: InspectedModel, rows: readonly Row[]): void {
  const complaints = rows.flatMap(row => rowComplaints(model, row));
  if (complaints.length > 0) throw new ConfigError(complaints.slice(0, MOST_COMPLAINTS));
}
