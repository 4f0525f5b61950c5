// What differs between the two kinds of completions: how a request is read, and the form of an answer's parts. The rest is one code for both (answer.ts,
// chunks.ts).
import type { Ask } from './ask.ts';
import type { FinishedChoice } from './generate.ts';
import type { Place } from './places.ts';
import type { ServedModel } from './served-model.ts';
import type { WordOf } from './words.ts';

export type Json = Readonly<Record<string, unknown>>;

/** A piece of a streamed choice. */
export interface Piece {
  readonly index: number;
  readonly text: string;
  /** Of the tokens since the last piece; null where no log-probabilities were asked for. */
  readonly places: readonly Place[] | null;
  readonly wordOf: WordOf;
  readonly finish: 'stop' | 'length' | null;
  readonly isFirst: boolean;
}

export interface Endpoint {
  readonly prefix: string;
  readonly object: string;
  readonly chunkObject: string;
  /** Whether a streamed choice is announced before anything is said. */
  readonly isAnnounced: boolean;
  /** Throws Problem. */
  read(body: Json, model: ServedModel): Ask;
  /** A whole choice. `text`: with the prompt where it is echoed. */
  choice(done: FinishedChoice, text: string, places: readonly Place[] | null, wordOf: WordOf): Json;
  chunk(piece: Piece): Json;
}

export const finishReason = ({ generation: { finish } }: FinishedChoice): 'stop' | 'length' => (finish === 'length' ? 'length' : 'stop');
