// The pieces small JavaScript functions are made of: one row an operation, on a list of numbers `a` or a text `s`. A row has its words in two
// forms (a description, a docstring), its right code in one or more ways, the code of authors with a misconception (with its probability),
// and what it truly does. {v} is the value so far, {k} the row's number.

export type Value = number | string | readonly number[];

export interface Operation {
  readonly on: 'list' | 'text';
  /** A step leaves a list a list and a text a text; a finish makes the result. */
  readonly place: 'step' | 'finish';
  readonly k?: readonly [low: number, high: number];
  readonly description: string;
  readonly docstring: string;
  readonly code: readonly string[];
  readonly mistakes: readonly (readonly [code: string, probability: number])[];
  run(value: Value, k: number): Value;
}

const list = (value: Value): readonly number[] => value as readonly number[];
const text = (value: Value): string => value as string;

const filter = (
  description: string,
  docstring: string,
  test: (x: number, k: number) => boolean,
  code: string,
  mistakes: Operation['mistakes'],
  k?: Operation['k'],
): Operation => ({
  on: 'list',
  place: 'step',
  ...(k && { k }),
  description: `keep ${description}`,
  docstring: `Only ${docstring}`,
  code: [`{v}.filter(x => ${code})`],
  mistakes: mistakes.map(([wrong, probability]) => [`{v}.filter(x => ${wrong})`, probability]),
  run: (value, number) => list(value).filter(x => test(x, number)),
});

const map = (
  description: string,
  docstring: string,
  change: (x: number, k: number) => number,
  code: readonly string[],
  mistakes: Operation['mistakes'],
  k?: Operation['k'],
): Operation => ({
  on: 'list',
  place: 'step',
  ...(k && { k }),
  description,
  docstring,
  code: code.map(right => `{v}.map(x => ${right})`),
  mistakes: mistakes.map(([wrong, probability]) => [`{v}.map(x => ${wrong})`, probability]),
  run: (value, number) => list(value).map(x => change(x, number)),
});

export const operations = {
  even: filter('the even numbers', 'even numbers', x => x % 2 === 0, 'x % 2 === 0', [['x % 2 === 1', 0.1]]),
  odd: filter('the odd numbers', 'odd numbers', x => x % 2 !== 0, 'x % 2 !== 0', [['x % 2 === 0', 0.25]]),
  above: filter('the numbers above {k}', 'numbers over {k}', (x, k) => x > k, 'x > {k}', [['x >= {k}', 0.35]], [1, 20]),
  below: filter('the numbers below {k}', 'numbers under {k}', (x, k) => x < k, 'x < {k}', [['x <= {k}', 0.35]], [1, 20]),
  atLeast: filter('the numbers from {k} up', 'numbers of {k} or more', (x, k) => x >= k, 'x >= {k}', [['x > {k}', 0.6]], [1, 20]),
  atMost: filter('the numbers up to {k}', 'numbers of {k} or less', (x, k) => x <= k, 'x <= {k}', [['x < {k}', 0.6]], [1, 20]),
  double: map('double each', 'Each twice.', x => x * 2, ['x * 2', 'x + x'], [['x + 2', 0.15]]),
  square: map('square each', 'Each squared.', x => x * x, ['x * x'], [['x * 2', 0.58]]),
  add: map('add {k} to each', 'Each plus {k}.', (x, k) => x + k, ['x + {k}'], [], [1, 12]),
  take: map('take {k} from each', 'Each less {k}.', (x, k) => x - k, ['x - {k}'], [['{k} - x', 0.5]], [1, 12]),
  sum: {
    on: 'list',
    place: 'finish',
    description: 'return the sum',
    docstring: 'The sum.',
    code: ['{v}.reduce((s, x) => s + x, 0)'],
    mistakes: [['{v}.length', 0.1]],
    run: value => list(value).reduce((s, x) => s + x, 0),
  },
  count: {
    on: 'list',
    place: 'finish',
    description: 'return how many there are',
    docstring: 'How many.',
    code: ['{v}.length'],
    mistakes: [['{v}.reduce((s, x) => s + x, 0)', 0.35]],
    run: value => list(value).length,
  },
  largest: {
    on: 'list',
    place: 'finish',
    description: 'return the largest',
    docstring: 'The largest.',
    code: ['Math.max(...{v})'],
    mistakes: [['Math.min(...{v})', 0.1]],
    run: value => Math.max(...list(value)),
  },
  smallest: {
    on: 'list',
    place: 'finish',
    description: 'return the smallest',
    docstring: 'The smallest.',
    code: ['Math.min(...{v})'],
    mistakes: [['{v}[0]', 0.35]],
    run: value => Math.min(...list(value)),
  },
  numbers: {
    on: 'list',
    place: 'finish',
    description: 'return the list',
    docstring: 'The list.',
    code: ['{v}'],
    mistakes: [['{v}.length', 0.15]],
    run: value => value,
  },
  lower: {
    on: 'text',
    place: 'step',
    description: 'make it lower case',
    docstring: 'In lower case.',
    code: ['{v}.toLowerCase()'],
    mistakes: [['{v}.toUpperCase()', 0.15]],
    run: value => text(value).toLowerCase(),
  },
  upper: {
    on: 'text',
    place: 'step',
    description: 'make it upper case',
    docstring: 'In upper case.',
    code: ['{v}.toUpperCase()'],
    mistakes: [['{v}.toLowerCase()', 0.1]],
    run: value => text(value).toUpperCase(),
  },
  reverse: {
    on: 'text',
    place: 'step',
    description: 'turn it round',
    docstring: 'Backwards.',
    code: ["{v}.split('').reverse().join('')", "[...{v}].reverse().join('')"],
    mistakes: [['{v}.reverse()', 0.55]],
    run: value => [...text(value)].reverse().join(''),
  },
  repeat: {
    on: 'text',
    place: 'step',
    k: [2, 5],
    description: 'repeat it {k} times',
    docstring: '{k} times over.',
    code: ['{v}.repeat({k})'],
    mistakes: [],
    run: (value, k) => text(value).repeat(k),
  },
  start: {
    on: 'text',
    place: 'step',
    k: [2, 6],
    description: 'keep the first {k} letters',
    docstring: 'The first {k} letters.',
    code: ['{v}.slice(0, {k})'],
    mistakes: [['{v}.slice(1, {k})', 0.55]],
    run: (value, k) => text(value).slice(0, k),
  },
  end: {
    on: 'text',
    place: 'step',
    k: [2, 6],
    description: 'keep the last {k} letters',
    docstring: 'The last {k} letters.',
    code: ['{v}.slice(-{k})'],
    mistakes: [['{v}.slice({k})', 0.4]],
    run: (value, k) => text(value).slice(-k),
  },
  dropStart: {
    on: 'text',
    place: 'step',
    k: [1, 4],
    description: 'drop the first {k} letters',
    docstring: 'Without the first {k} letters.',
    code: ['{v}.slice({k})'],
    mistakes: [['{v}.slice(0, {k})', 0.3]],
    run: (value, k) => text(value).slice(k),
  },
  dropEnd: {
    on: 'text',
    place: 'step',
    k: [1, 4],
    description: 'drop the last {k} letters',
    docstring: 'Without the last {k} letters.',
    code: ['{v}.slice(0, -{k})'],
    mistakes: [['{v}.slice(-{k})', 0.6]],
    run: (value, k) => text(value).slice(0, -k),
  },
  word: {
    on: 'text',
    place: 'finish',
    description: 'return the text',
    docstring: 'The text.',
    code: ['{v}'],
    mistakes: [],
    run: value => value,
  },
  length: {
    on: 'text',
    place: 'finish',
    description: 'return the length',
    docstring: 'The length.',
    code: ['{v}.length'],
    mistakes: [['{v}.length - 1', 0.3]],
    run: value => text(value).length,
  },
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof operations;

export const operationIds = Object.keys(operations) as OperationId[];

export const operationOf = (id: OperationId): Operation => operations[id];
