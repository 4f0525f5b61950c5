// Whether two trees are the same answer. A row of rules, each for one kind of answer; the first that has an opinion decides. Every rule is symmetric:
// swapping the sides changes nothing.

import { type Node, some } from '../latex/node.ts';
import { basisEntries } from './basis.ts';
import { matched, sameCollection } from './collections.ts';
import { type Grid, gridOf, itemsOf, recordOf, type Vector, vectorOf } from './containers.ts';
import { type Context, decided } from './context.ts';
import { sameRealSet } from './line.ts';
import { sameScalar } from './quantities.ts';
import { realSetOf, unknownsOf } from './real-sets.ts';
import { type Assignment, assignmentOf, isName, sameEquation, sameName } from './relations.ts';

/** True or false decides; null leaves it to the next rule. */
type Rule = (a: Node, b: Node, context: Context, depth: number) => boolean | null;

const DEEPEST = 6;

/** Whether two answers are the same; `context.how` says how that was decided. */
export function sameAnswer(a: Node, b: Node, context: Context, depth = 0): boolean {
  if (depth > DEEPEST) return decided(context, false, 'nested too deep');
  const [x, y] = [withoutMembership(a, context), withoutMembership(b, context)];
  for (const rule of rulesFor(x, y)) {
    const result = rule(x, y, context, depth + 1);
    if (result !== null) return result;
  }
  return decided(context, false, 'another kind of answer');
}

const plain = new Set(['num', 'neg', 'div']);
const rulesFor = (a: Node, b: Node): readonly Rule[] =>
  plain.has(a.k) && plain.has(b.k) && !hasSigns(a) && !hasSigns(b) ? [scalars] : rules;
const hasSigns = (node: Node): boolean => some(node, n => n.k === 'pm' || n.k === 'matrix' || n.k === 'tuple');

/** x in S is S. */
function withoutMembership(node: Node, { conventions }: Context): Node {
  const isMembership = node.k === 'rel' && node.ops.length === 1 && node.ops[0] === 'in' && isName(node.a[0]!);
  if (isMembership) return conventions.intervals === 'inequalities' ? node.a[1]! : node;
  // "k in 1, 2, 3" was read as a list whose first item is "k in 1".
  const first = node.k === 'list' ? node.a[0]! : null;
  if (node.k === 'list' && first?.k === 'rel' && first.ops[0] === 'in' && node.a.slice(1).every(item => item.k !== 'rel'))
    return { k: 'list', a: [first.a[1]!, ...node.a.slice(1)] };
  return node;
}

const records: Rule = (a, b, context, depth) => {
  const [x, y] = [recordOf(a, context), recordOf(b, context)];
  if (x && y) return sameRecord(x, y, context, depth);
  if (!x && !y) return null;
  if (context.conventions.leftSides === 'kept') return decided(context, false, 'only one names its values');
  const record = (x ?? y)!;
  const other = x ? b : a;
  const inOrder = [...record.values()];
  if (other.k === 'list' && !other.a.some(item => item.k === 'rel')) return samePairs(inOrder, other.a, context, depth);
  const entries = vectorOf(other)?.entries;
  if (!entries) return null;
  const byName = [...record.keys()].sort().map(name => record.get(name)!);
  return samePairs(inOrder, entries, context, depth) || samePairs(byName, entries, context, depth);
};

function sameRecord(x: ReadonlyMap<string, Node>, y: ReadonlyMap<string, Node>, context: Context, depth: number): boolean {
  const hasSameNames = x.size === y.size && [...x.keys()].every(name => y.has(name));
  if (!hasSameNames) return decided(context, false, 'other names');
  return [...x].every(([name, value]) => sameAnswer(value, y.get(name)!, context, depth));
}

export function samePairs(x: readonly Node[], y: readonly Node[], context: Context, depth: number): boolean {
  if (x.length !== y.length) return decided(context, false, `${x.length} and ${y.length} entries`);
  return x.every((node, i) => sameAnswer(node, y[i]!, context, depth));
}

/** Conditions on the line: inequalities, unions, intervals, x in S; at least one of them no mere pair of brackets. */
const realSets: Rule = (a, b, context) => {
  if (!isSetLike(a) && !isSetLike(b)) return null;
  if (context.conventions.intervals === 'distinct' && isCondition(a) !== isCondition(b))
    return decided(context, false, 'an interval and an inequality');
  const [x, y] = [realSetOf(a), realSetOf(b)];
  if (!x || !y) return null;
  const [p, q] = [unknownsOf(a), unknownsOf(b)];
  if (p.size > 0 && q.size > 0 && [...p].join() !== [...q].join()) return decided(context, false, 'conditions on other unknowns');
  const result = sameRealSet(x, y, context);
  return decided(context, result, result ? 'the same set of numbers' : 'another set of numbers');
};

const isCondition = (node: Node): boolean => node.k === 'rel' || node.k === 'list';
const isOrder = (node: Node): boolean => node.k === 'rel' && node.ops.every(op => op !== '=' && op !== '~' && op !== '==' && op !== 'in');
const isSetLike = (node: Node): boolean =>
  node.k === 'setop' ||
  node.k === 'builder' ||
  isOrder(node) ||
  (node.k === 'list' && node.a.every(isOrder)) ||
  (node.k === 'sym' && node.s === '|R|') ||
  (node.k === 'add' && node.a[0]!.k === 'sym' && node.a[0]!.s === '|R|');

const collections: Rule = (a, b, context, depth) => {
  const [x, y] = [itemsOf(a, context), itemsOf(b, context)];
  if (!x && !y) return null;
  if (x && y) return sameCollection(a, b, x, y, context, depth);
  const [items, other] = x ? [x, b] : [y!, a];
  return items.length === 1 ? sameAnswer(items[0]!, other, context, depth) : decided(context, false, `${items.length} values and one`);
};

const relations: Rule = (a, b, context, depth) => {
  if (a.k !== 'rel' && b.k !== 'rel') return null;
  const [x, y] = [assignmentOf(a, context), assignmentOf(b, context)];
  if (a.k === 'rel' && b.k === 'rel') {
    if (x && y && sameName(x.name, y.name) && sameAnswer(x.value, y.value, context, depth)) return true;
    return sameEquation(a, b, context);
  }
  const [assigned, other] = x ? [x, b] : [y, a];
  if (!assigned || !mayDrop(assigned, context)) return decided(context, false, 'a relation and a value');
  return sameAnswer(assigned.value, other, context, depth);
};

const mayDrop = ({ name }: Assignment, { conventions }: Context): boolean => name === null || conventions.leftSides === 'dropped';

const vectors: Rule = (a, b, context, depth) => {
  const [p, q] = [vectorOf(a), vectorOf(b)];
  const [x, y] = [p ?? sumOfVectors(a, q), q ?? sumOfVectors(b, p)];
  if (!x || !y) return singleton(x?.entries ?? null, b, context, depth) ?? singleton(y?.entries ?? null, a, context, depth);
  if (x.shape !== y.shape && (context.conventions.vectors === 'distinct' || (x.shape !== 'tuple' && y.shape !== 'tuple')))
    return decided(context, false, `a ${x.shape} and a ${y.shape}`);
  if (x.entries.length === 2 && !sameBrackets(a, b)) return decided(context, false, 'other brackets');
  return samePairs(x.entries, y.entries, context, depth);
};

/** 3i - 2j beside a vector. */
function sumOfVectors(node: Node, other: Vector | null): Vector | null {
  const entries = other && basisEntries(node, other.entries.length);
  return entries && { entries, shape: 'tuple' };
}

/** [x] is x, and a lone entry of a matrix is none. */
function singleton(entries: readonly Node[] | null, other: Node, context: Context, depth: number): boolean | null {
  if (!entries) return null;
  if (entries.length !== 1 || gridOf(other))
    return gridOf(other) ? null : decided(context, false, `${entries.length} entries and one value`);
  return sameAnswer(entries[0]!, other, context, depth);
}

/** A pair in round brackets is no closed interval; angle brackets and columns go with round and with square ones. */
function sameBrackets(a: Node, b: Node): boolean {
  if (a.k !== 'tuple' || b.k !== 'tuple') return isVector(a) && isVector(b);
  const isAngle = a.open === '<' || b.open === '<';
  return isAngle ? isVector(a) && isVector(b) : a.open === b.open && a.close === b.close;
}

const isVector = (node: Node): boolean => node.k !== 'tuple' || node.open === node.close;

const matrices: Rule = (a, b, context, depth) => {
  const [x, y] = [gridOf(a), gridOf(b)];
  if (!x && !y) return null;
  if (!x || !y) return decided(context, false, 'only one is a matrix');
  return sameGrid(x, y, context, depth);
};

function sameGrid(x: Grid, y: Grid, context: Context, depth: number): boolean {
  if (x.length !== y.length) return decided(context, false, `${x.length} and ${y.length} rows`);
  return x.every((row, i) => samePairs(row, y[i]!, context, depth));
}

/** Unions and differences of what are no real sets: the same operation on the same things. */
const setOperations: Rule = (a, b, context, depth) => {
  if (a.k !== 'setop' && b.k !== 'setop') return null;
  if (a.k !== 'setop' || b.k !== 'setop' || a.op !== b.op) return decided(context, false, 'another operation on sets');
  if (a.op === 'minus') return samePairs([a.a, a.b], [b.a, b.b], context, depth);
  const [x, y] = [operands(a, a.op), operands(b, b.op)];
  return x.length === y.length && matched(x, y, context, depth);
};

const operands = (node: Node, op: string): readonly Node[] =>
  node.k === 'setop' && node.op === op ? [...operands(node.a, op), ...operands(node.b, op)] : [node];

const ratios: Rule = (a, b, context, depth) => {
  if (a.k !== 'ratio' && b.k !== 'ratio') return null;
  if (a.k === 'ratio' && b.k === 'ratio') {
    if (a.a.length !== b.a.length) return decided(context, false, 'ratios of other lengths');
    return a.a.every((part, i) => i === 0 || sameScalar(times(part, b.a[0]!), times(b.a[i]!, a.a[0]!), context));
  }
  const [ratio, other] = a.k === 'ratio' ? [a, b] : [b as Node & { k: 'ratio' }, a];
  if (ratio.a.length !== 2 || context.conventions.ratios === 'distinct') return decided(context, false, 'a ratio and a value');
  return sameAnswer({ k: 'div', a: ratio.a[0]!, b: ratio.a[1]! }, other, context, depth);
};

const times = (a: Node, b: Node): Node => ({ k: 'mul', a: [a, b] });

const scalars: Rule = (a, b, context) => (isContainer(a) || isContainer(b) ? null : sameScalar(a, b, context));
const containers = new Set(['tuple', 'set', 'list', 'matrix', 'rel', 'setop', 'builder']);
export const isContainer = (node: Node): boolean => containers.has(node.k);

const rules: readonly Rule[] = [records, realSets, collections, relations, vectors, matrices, setOperations, ratios, scalars];
