// The pre-training text as a whole: which kinds of document, and how many of each. Document i depends on the seed and i alone, so any part
// of the text can be made again, and no text needs to be stored.
import { rngOf, seedOf } from '../../src/random.ts';
import { makeSplits } from '../../src/tasks/minimath/splits.ts';
import { isReserved } from '../../src/tasks/reserve.ts';
import { type Document, draw, type Source } from './document.ts';
import { describedCode, docstringCode } from './minicode/texts.ts';
import { retentionTexts } from './retention/texts.ts';
import { minimathTexts, transferTexts } from './stories.ts';

export type Kind = 'minimath' | 'transfer' | 'code' | 'docstring' | 'sorting' | 'counting' | 'booleans' | 'dates';

/** Shares of documents. */
export const mixture: Record<Kind, number> = {
  minimath: 0.6,
  transfer: 0.08,
  code: 0.15,
  docstring: 0.05,
  sorting: 0.03,
  counting: 0.03,
  booleans: 0.03,
  dates: 0.03,
};

export interface World {
  /** Document i of the text, with the kind it is. */
  document(i: number): Document & { readonly kind: Kind };
}

/** The text of a seed, as a function of the document's number. */
export function makeWorld(seed: number): World {
  const sources: Record<Kind, Source> = {
    minimath: minimathTexts(makeSplits().isTaken),
    transfer: transferTexts(isReserved),
    code: describedCode,
    docstring: docstringCode,
    sorting: retentionTexts('sorting'),
    counting: retentionTexts('counting'),
    booleans: retentionTexts('booleans'),
    dates: retentionTexts('dates'),
  };
  const kinds = Object.entries(mixture) as [Kind, number][];
  return {
    document(i) {
      const rng = rngOf(seedOf('world', seed, i));
      const kind = draw(kinds, 'minimath', rng);
      return { kind, ...sources[kind](rng) };
    },
  };
}
