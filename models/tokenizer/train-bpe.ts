// Byte-pair encoding (Sennrich et al., arXiv 1508.07909): begin with single bytes, and again and again make the most frequent pair of
// neighbours one token. Pairs of equal frequency go in the order of their texts, so the same text gives the same tokenizer everywhere.
// A few hundred kinds of word are counted once; that is all the speed this needs.
import { cut } from './bytes.ts';

export type Merge = readonly [left: string, right: string];

interface Word {
  symbols: string[];
  readonly count: number;
}

function countWords(texts: Iterable<string>): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of cut(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => ({ symbols: [...word], count }));
}

function countPairs(words: readonly Word[]): Map<string, number> {
  const pairs = new Map<string, number>();
  for (const { symbols, count } of words) {
    for (let i = 0; i + 1 < symbols.length; i++) {
      const pair = `${symbols[i]} ${symbols[i + 1]}`;
      pairs.set(pair, (pairs.get(pair) ?? 0) + count);
    }
  }
  return pairs;
}

function mostFrequent(pairs: ReadonlyMap<string, number>): Merge | null {
  let [best, most] = ['', 0];
  for (const [pair, count] of pairs) if (count > most || (count === most && pair < best)) [best, most] = [pair, count];
  const [left, right] = best.split(' ');
  return left && right ? [left, right] : null;
}

/** Symbols with every occurrence of the pair made one. */
export function applyMerge(symbols: readonly string[], [left, right]: Merge): string[] {
  const out: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const isPair = symbols[i] === left && symbols[i + 1] === right;
    out.push(isPair ? left + right : symbols[i]!);
    if (isPair) i++;
  }
  return out;
}

/** At most `count` merges, in the order in which they must be applied. */
export function trainBpe(texts: Iterable<string>, count: number): Merge[] {
  const words = countWords(texts);
  const merges: Merge[] = [];
  while (merges.length < count) {
    const merge = mostFrequent(countPairs(words));
    if (!merge) break;
    merges.push(merge);
    for (const word of words) word.symbols = applyMerge(word.symbols, merge);
  }
  return merges;
}
