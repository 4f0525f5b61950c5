// Lists and sets by their values: in any order (or in order, where the convention says so), repetitions counting in lists and not in sets.
import { quotientKey } from '../exact/quotient.ts';
import type { Node } from '../latex/node.ts';
import { isContainer, sameAnswer, samePairs } from './compare.ts';
import { valuesOf } from './containers.ts';
import { type Context, decided } from './context.ts';
import { exactValue } from './expressions.ts';

/** In a longer set only values that are written out alike are seen as repeated. */
const MOST_COMPARED = 20;

/** Whether two lists or sets have the same values. */
export function sameCollection(a: Node, b: Node, x: readonly Node[], y: readonly Node[], context: Context, depth: number): boolean {
  const { conventions } = context;
  if (conventions.setBraces === 'required' && (a.k === 'set') !== (b.k === 'set')) return decided(context, false, 'only one is a set');
  const [p, q] = [a.k === 'set' ? distinct(x, context, depth) : x, b.k === 'set' ? distinct(y, context, depth) : y];
  if (p.length !== q.length) return decided(context, false, `${p.length} and ${q.length} values`);
  if (conventions.lists === 'ordered' && a.k !== 'set' && b.k !== 'set') return samePairs(p, q, context, depth);
  return matched(p, q, context, depth) || matchedValues(p, q, context, depth);
}

/** Pairs each value with one of the other side: those with one exact form by that form, the rest by comparing. */
export function matched(x: readonly Node[], y: readonly Node[], context: Context, depth: number): boolean {
  const left = new Map<string, Node[]>();
  for (const node of y) left.set(formOf(node, context), [...(left.get(formOf(node, context)) ?? []), node]);
  const unpaired = x.filter(node => formOf(node, context) === '' || left.get(formOf(node, context))?.pop() === undefined);
  const others = [...left.values()].flat();
  for (const node of unpaired) {
    const place = others.findIndex(other => sameAnswer(node, other, context, depth));
    if (place < 0) return decided(context, false, 'a value has no partner');
    others.splice(place, 1);
  }
  return decided(context, true, 'the same values');
}

/** A text that only equal values share; equal values may have several. */
function formOf(node: Node, { budget }: Context): string {
  const value = isContainer(node) ? null : exactValue(node, budget);
  return value ? quotientKey(value) : '';
}

/** x = 1 or x = -3 beside 1, -3. */
function matchedValues(x: readonly Node[], y: readonly Node[], context: Context, depth: number): boolean {
  const [p, q] = [valuesOf(x, context), valuesOf(y, context)];
  if ((p === null) === (q === null) || context.conventions.leftSides === 'kept') return false;
  return matched(p ?? x, q ?? y, context, depth);
}

function distinct(items: readonly Node[], context: Context, depth: number): readonly Node[] {
  const forms = new Set<string>();
  const out: Node[] = [];
  for (const item of items) {
    const form = formOf(item, context);
    if (form !== '' && forms.has(form)) continue;
    if (items.length <= MOST_COMPARED && out.some(other => sameAnswer(item, other, context, depth))) continue;
    forms.add(form);
    out.push(item);
  }
  return out;
}
