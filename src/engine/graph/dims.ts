// Sizes that are known only when a graph runs: polynomials with integer coefficients over named symbols (problems, draws, lengths).
// One session then serves every batch shape. Equality is exact, so a wrong reshape fails when the graph is built.

/** Sum of coefficient x product of symbols; the key is the sorted symbols joined by '*', '' for the constant. */
export type Poly = ReadonlyMap<string, number>;
export type Dim = number | Poly;
export type Shape = readonly Dim[];
export type Bindings = Readonly<Record<string, number>>;

const terms = (d: Dim): [string, number][] => (typeof d === 'number' ? [['', d]] : [...d]);

function normal(list: Iterable<readonly [string, number]>): Dim {
  const sums = new Map<string, number>();
  for (const [key, c] of list) sums.set(key, (sums.get(key) ?? 0) + c);
  for (const [key, c] of sums) if (c === 0) sums.delete(key);
  if (sums.size === 0) return 0;
  if (sums.size === 1 && sums.has('')) return sums.get('')!;
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const symbol = (name: string): Dim => new Map([[name, 1]]);

export const plus = (...dims: readonly Dim[]): Dim => normal(dims.flatMap(terms));

export const minus = (a: Dim, b: Dim): Dim => plus(a, times(-1, b));

export function times(...dims: readonly Dim[]): Dim {
  return dims.reduce((a, b) =>
    normal(
      terms(a).flatMap(([ka, ca]) =>
        terms(b).map(([kb, cb]) => {
          const key = [...ka.split('*'), ...kb.split('*')]
            .filter(s => s !== '')
            .sort()
            .join('*');
          return [key, ca * cb] as const;
        }),
      ),
    ),
  );
}

export const product = (shape: Shape): Dim => (shape.length === 0 ? 1 : times(...shape));

/** A canonical spelling: equal sizes have equal spellings. */
export const spell = (d: Dim): string =>
  typeof d === 'number'
    ? String(d)
    : terms(d)
        .map(([key, c]) => (key === '' ? String(c) : c === 1 ? key : `${c}*${key}`))
        .join('+');

export const equal = (a: Dim, b: Dim): boolean => spell(a) === spell(b);

export const spellShape = (shape: Shape): string => `[${shape.map(spell).join(', ')}]`;

/** The number a size stands for once every symbol has a value. Throws when one has none. */
export function evaluate(d: Dim, bindings: Bindings): number {
  let sum = 0;
  for (const [key, c] of terms(d)) {
    let term = c;
    for (const name of key === '' ? [] : key.split('*')) {
      const value = bindings[name];
      if (value === undefined) throw new Error(`no value for the size ${name}`);
      term *= value;
    }
    sum += term;
  }
  return sum;
}
