// What answers that are more than one value are made of: the items of a list, with ± written out and "x =" taken off; the rows of a matrix, a vector
// or a nested list; the values of (x, y) = (1, 2) and x = 1, y = 2.
import { type Node, some } from '../latex/node.ts';
import type { Context } from './context.ts';
import { substitutedSigns } from './plus-minus.ts';
import { assignmentOf, nameKey } from './relations.ts';

/** The items of a list or set; null for anything else. ± counts as the list of its two values. */
export function itemsOf(node: Node, context: Context): readonly Node[] | null {
  if (node.k === 'set') return node.a.flatMap(item => signsOf(item));
  if (node.k === 'sym' && node.s === 'empty') return [];
  if (node.k === 'list') return listItems(node.a, context);
  if (node.k === 'rel') {
    const assigned = assignmentOf(node, context);
    const isNamedList = assigned?.name && context.conventions.leftSides === 'dropped';
    return isNamedList && assigned.value.k !== 'tuple' && assigned.value.k !== 'matrix' ? itemsOf(assigned.value, context) : null;
  }
  return some(node, n => n.k === 'pm') ? signsOf(node) : null;
}

const signsOf = (node: Node): readonly Node[] =>
  some(node, n => n.k === 'pm') ? [substitutedSigns(node, 1), substitutedSigns(node, -1)] : [node];

/** "x = -4, -2, 1" names its list once. */
function listItems(items: readonly Node[], context: Context): readonly Node[] {
  const [first, ...rest] = items;
  const assigned = first && rest.length > 0 && rest.every(item => item.k !== 'rel') ? assignmentOf(first, context) : null;
  const plain = assigned?.name ? [assigned.value, ...rest] : items;
  return plain.flatMap(signsOf);
}

/** x = 1, y = 2 as names with values; null when an item is no assignment or a name comes twice. */
export function recordOf(node: Node, context: Context): ReadonlyMap<string, Node> | null {
  const items = node.k === 'list' || node.k === 'set' ? node.a : null;
  if (!items || items.length < 2) return null;
  const out = new Map<string, Node>();
  for (const item of items) {
    const assigned = assignmentOf(item, context);
    if (!assigned?.name || out.has(nameKey(assigned.name))) return null;
    out.set(nameKey(assigned.name), assigned.value);
  }
  return out;
}

/** All items with one name, x = 1 or x = -3: their values. */
export function valuesOf(items: readonly Node[], context: Context): readonly Node[] | null {
  const assigned = items.map(item => assignmentOf(item, context));
  if (assigned.length === 0 || !assigned.every(a => a?.name)) return null;
  if (new Set(assigned.map(a => nameKey(a!.name!))).size > 1) return null; // x = 1, y = 2 is a record: its values have places
  return assigned.map(a => a!.value);
}

export type Grid = readonly (readonly Node[])[];

/** A matrix by its rows, with factors and signs before it multiplied in; nested lists too. Null for anything else. */
export function gridOf(node: Node): Grid | null {
  switch (node.k) {
    case 'matrix':
      return node.rows;
    case 'neg':
      return scaledGrid(gridOf(node.a), a => ({ k: 'neg', a }));
    case 'div':
      return scaledGrid(gridOf(node.a), a => ({ k: 'div', a, b: node.b }));
    case 'mul': {
      const places = node.a.filter(a => gridOf(a) !== null);
      const factors = node.a.filter(a => gridOf(a) === null);
      return places.length === 1 ? scaledGrid(gridOf(places[0]!), a => ({ k: 'mul', a: [...factors, a] })) : null;
    }
    case 'pow': {
      const grid = node.a.k === 'tuple' ? [node.a.a] : gridOf(node.a);
      const isTransposed = node.b.k === 'sym' && node.b.s === 'T';
      return grid && isTransposed ? grid[0]!.map((_, j) => grid.map(row => row[j]!)) : null;
    }
    case 'tuple':
      return nestedGrid(node);
    default:
      return null;
  }
}

const scaledGrid = (grid: Grid | null, by: (cell: Node) => Node): Grid | null => grid?.map(row => row.map(by)) ?? null;

function nestedGrid(node: Node & { k: 'tuple' }): Grid | null {
  if (node.open !== '[' || node.close !== '[' || node.a.length === 0) return null;
  const rows = node.a.map(row => (row.k === 'tuple' && row.open === '[' && row.close === '[' ? row.a : null));
  const width = rows[0]?.length;
  return rows.every(row => row !== null && row.length === width) ? (rows as Grid) : null;
}

export interface Vector {
  readonly entries: readonly Node[];
  readonly shape: 'tuple' | 'column' | 'row';
}

/** The entries of a vector: a tuple in any brackets, a column, a row; `shape` tells columns from rows. */
export function vectorOf(node: Node): Vector | null {
  if (node.k === 'tuple') return nestedGrid(node) && node.a.length > 1 ? null : { entries: node.a, shape: 'tuple' };
  const grid = gridOf(node);
  if (!grid) return null;
  if (grid.every(row => row.length === 1)) return { entries: grid.map(row => row[0]!), shape: 'column' };
  return grid.length === 1 ? { entries: grid[0]!, shape: 'row' } : null;
}
