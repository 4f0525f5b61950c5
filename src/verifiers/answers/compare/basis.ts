// A vector written as a sum over the unit vectors: 3i - 2j + k, with or without hats. Read so only beside a vector, because i alone is the imaginary unit.
import type { Node } from '../latex/node.ts';
import { num } from '../latex/node.ts';

const LETTERS = ['i', 'j', 'k'];
const ZERO = num({ n: 0n, d: 1n });

/** The entries of such a sum, as many as asked for; null when it is none. */
export function basisEntries(node: Node, width: number): readonly Node[] | null {
  if (width < 2 || width > 3) return null;
  const entries = new Map<string, Node>();
  for (const term of node.k === 'add' ? node.a : [node]) {
    const part = partOf(term);
    if (!part || entries.has(part.letter)) return null;
    entries.set(part.letter, part.factor);
  }
  const letters = LETTERS.slice(0, width);
  const isVector = [...entries.keys()].every(letter => letters.includes(letter)) && (entries.has('j') || entries.has('k'));
  return isVector ? letters.map(letter => entries.get(letter) ?? ZERO) : null;
}

interface Part {
  readonly letter: string;
  readonly factor: Node;
}

/** -2j: the letter j with -2 before it. */
function partOf(node: Node): Part | null {
  const letter = letterOf(node);
  if (letter) return { letter, factor: num({ n: 1n, d: 1n }) };
  if (node.k === 'neg') return changed(partOf(node.a), factor => ({ k: 'neg', a: factor }));
  if (node.k === 'div') return changed(partOf(node.a), factor => ({ k: 'div', a: factor, b: node.b }));
  if (node.k !== 'mul') return null;
  const found = node.a.map(letterOf);
  const at = found.findIndex(name => name !== null);
  const others = node.a.filter((_, i) => i !== at);
  return at < 0 || found.filter(name => name !== null).length > 1 ? null : { letter: found[at]!, factor: { k: 'mul', a: others } };
}

const changed = (part: Part | null, change: (factor: Node) => Node): Part | null => part && { ...part, factor: change(part.factor) };

function letterOf(node: Node): string | null {
  const inside = node.k === 'fn' && node.f === 'hat' ? node.a[0]! : node;
  return inside.k === 'sym' && LETTERS.includes(inside.s) ? inside.s : null;
}
