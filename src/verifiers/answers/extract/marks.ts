// What an extraction is: the words between the parts in this folder. A find says where its marker begins, so that of two finds the one
// that begins later can win (of a box in a tag, the box), and what stands there.

/** How an answer was marked; `none` when there is none. */
export type Marker = 'boxed' | 'hash' | 'minerva' | 'answer-phrase' | 'letter' | 'tag' | 'think' | 'last-number' | 'last-math' | 'none';

/** An answer as it stands in the text, and the marker it was found by. `text` is null exactly when the marker is `none`. */
export interface Extraction {
  readonly text: string | null;
  readonly marker: Marker;
}

/** A marker found in a text. */
export interface Find {
  /** Where the marker begins. */
  readonly at: number;
  /** Where what belongs to it ends. */
  readonly end: number;
  readonly text: string;
  readonly marker: Marker;
}
