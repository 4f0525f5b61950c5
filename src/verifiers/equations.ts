// The equations in a text, and whether each is arithmetically true. "Natalia sold 48/2 = 24 clips" holds one; a chain 3 + 4 = 7 = 14/2 is one;
// "60 minutes = 1 hour" and "x + 3 = 7" are none (nothing is computed, or not everything is known). Calculator annotations
// <<48/2=24>> count as equations of their own (RFT, arXiv 2308.01825). A bare decimal counts as equal when it is right to the digits it
// shows: 10/3 = 3.33 is true, 10/3 = 3 is not. A percentage may be read either way: 1/4 = 25% and 1/4 * 100 = 25% are both true.
import { afterWords, type Expression, readExpression, type Token, tokensOf, UNIT_WORDS } from './arithmetic.ts';
import { isEqual, type Rational, roundsTo } from './rational.ts';

export interface Equation {
  /** As it stands in the text, units included. */
  readonly text: string;
  /** False too when it cannot be computed: a division by zero, numbers beyond all sense. */
  readonly isTrue: boolean;
  /** What its sides say: the numbers a reader would quote from it. */
  readonly sides: readonly Rational[];
}

/** One clause; a longer one is no school arithmetic, and counts as one false equation. */
const LONGEST = 2000;
const CLAUSE_END = /[\n;?!<>≠→]|[.,:](?=\s|$)/;
const ANNOTATION = /<<([^<>\n]{0,200})>>/g;

/** All equations of a text, in order, annotations first. Linear in the length of the text; never throws. */
export function equationsOf(text: string): Equation[] {
  const annotations = [...text.matchAll(ANNOTATION)].map(match => match[1]!);
  const clauses = text.replace(ANNOTATION, '').split(CLAUSE_END);
  return [...annotations, ...clauses].flatMap(equationsOfClause);
}

function equationsOfClause(clause: string): Equation[] {
  if (!/[=≈]/.test(clause) || !/\d/.test(clause)) return [];
  if (clause.length > LONGEST) return [{ text: `${clause.slice(0, 60)}…`, isTrue: false, sides: [] }];
  const text = plainText(clause);
  const tokens = tokensOf(text);
  const readings = tokens.some(token => token.kind === 'number' && token.percent) ? [100n, 1n] : [1n];
  const [first, second] = readings.map(percentOf => chainsOf(tokens, percentOf));
  return first!.map((chain, i) => {
    const equation = equationOf(text, tokens, chain, 100n);
    return equation.isTrue || !second ? equation : equationOf(text, tokens, second[i]!, 1n);
  });
}

const latex: readonly (readonly [RegExp, string])[] = [
  [/\\(?:times|cdot)\b/g, '×'],
  [/\\div\b/g, '÷'],
  [/\\[dt]?frac\{([^{}]{1,40})\}\{([^{}]{1,40})\}/g, '(($1)/($2))'],
  [/\\(?:text|mathrm|mbox)\{([^{}]{0,40})\}/g, ' $1 '],
  [/\\[()[\],!; $]|\{,\}/g, ''],
  // A unit in brackets, "5 (min/hour)", says nothing about order.
  [/\([^()\d=]{0,40}\)/g, ' '],
];

/** A clause with LaTeX signs written out and units in brackets dropped. */
export const plainText = (clause: string): string => latex.reduce((out, [pattern, by]) => out.replace(pattern, by), clause);

/** A side with the token it begins at. */
type Side = Expression & { readonly start: number };
type Span = { readonly from: number; readonly to: number };

/** The sides that are chained by "=": between two signs stands one side ("= 7 =") or the end of one equation and the start of the next. */
function chainsOf(tokens: readonly Token[], percentOf: bigint): Side[][] {
  const spans = spansOf(tokens);
  const partners = partnersOf(tokens);
  const chains: (Side | null)[][] = [[leftSide(tokens, spans[0]!, partners, percentOf)]];
  for (const [i, span] of spans.slice(1).entries()) {
    const side = rightSide(tokens, span, percentOf);
    chains.at(-1)!.push(side);
    const isWhole = side === null || isRest(tokens, side.end, span.to);
    if (i + 2 < spans.length && !isWhole) chains.push([leftSide(tokens, span, partners, percentOf)]);
  }
  return chains.map(chain => chain.filter(side => side !== null)).filter(isEquation);
}

const isEquation = (sides: readonly Side[]): boolean => sides.length >= 2 && sides.some(side => side.operations > 0);

function spansOf(tokens: readonly Token[]): Span[] {
  const signs = tokens.flatMap((token, i) => (token.kind === 'equals' ? [i] : []));
  return [-1, ...signs].map((sign, i) => ({ from: sign + 1, to: signs[i] ?? tokens.length }));
}

/** The index of the opening bracket of each closing one. */
function partnersOf(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const open: number[] = [];
  const partners = new Map<number, number>();
  for (const [i, { kind }] of tokens.entries()) {
    if (kind === 'open') open.push(i);
    if (kind === 'close' && open.length > 0) partners.set(i, open.pop()!);
  }
  return partners;
}

const isRest = (tokens: readonly Token[], from: number, to: number): boolean =>
  tokens.slice(from, to).every(({ kind }) => kind === 'word' || kind === 'close');

/** The expression after "=": nothing unknown may go on from it. "= 8 + x" says nothing we can check; "= 8 - which is" does. */
function rightSide(tokens: readonly Token[], { from, to }: Span, percentOf: bigint): Side | null {
  const start = afterWords(tokens, from, to);
  const expression = readExpression(tokens, start, to, percentOf);
  if (!expression) return null;
  const next = expression.end < to ? tokens[expression.end]! : null;
  const behind = tokens[afterWords(tokens, expression.end, to)];
  const goesOn = next?.kind === 'opaque' || (behind?.kind === 'operator' && behind.operator !== '-');
  return goesOn ? null : { ...expression, start };
}

/** The expression before "=", read backwards to where it begins, then forwards for its value; both must agree on where it ends. */
function leftSide(tokens: readonly Token[], { from, to }: Span, partners: ReadonlyMap<number, number>, percentOf: bigint): Side | null {
  const start = beginning(tokens, from, to, partners);
  const expression = start === null ? null : readExpression(tokens, start, to, percentOf);
  return expression && isRest(tokens, expression.end, to) ? { ...expression, start: start! } : null;
}

function beginning(tokens: readonly Token[], from: number, to: number, partners: ReadonlyMap<number, number>): number | null {
  let start = to;
  let last = to - 1; // where an operand, with its units, should end
  for (;;) {
    const operand = operandBefore(tokens, from, last, partners);
    if (operand === null) return start === to ? null : withoutOperand(tokens, from, start);
    start = operand;
    const before = start > from ? tokens[start - 1]! : null;
    if (!before) return start;
    const isGlued = before.end === tokens[start]!.at;
    const isGroup = tokens[start]!.kind === 'open';
    if (before.kind === 'operator') {
      const sign = signAt(tokens, from, start - 1);
      if (sign) start--;
      last = start - 2;
    } else if (before.kind === 'opaque' || (isGlued && isGroup && before.kind === 'word')) return null;
    else if (isGlued && isGroup) last = start - 1;
    else return start;
  }
}

/** In "3 * -5" the minus is a sign: an operator stands before it. */
const signAt = (tokens: readonly Token[], from: number, at: number): boolean => {
  const token = tokens[at]!;
  return token.kind === 'operator' && token.operator === '-' && at > from && tokens[at - 1]!.kind === 'operator';
};

/** Where the operand begins that ends at `last` or up to UNIT_WORDS words before it; null: there is none. */
function operandBefore(tokens: readonly Token[], from: number, last: number, partners: ReadonlyMap<number, number>): number | null {
  let end = last;
  while (end >= from && tokens[end]!.kind === 'word') end--;
  if (end < from || last - end > UNIT_WORDS) return null;
  if (tokens[end]!.kind === 'number') return end;
  const partner = tokens[end]!.kind === 'close' ? partners.get(end) : undefined;
  return partner !== undefined && partner >= from ? partner : null;
}

/** An operator with nothing before it to compute with: a bullet, a dash, a sign, or an unknown ("price * 5", then there is no expression). */
function withoutOperand(tokens: readonly Token[], from: number, start: number): number | null {
  const operator = tokens[start - 1]!;
  const before = start - 2 >= from ? tokens[start - 2]! : null;
  if (operator.kind !== 'operator' || before?.kind === 'opaque') return null;
  if (operator.operator === '-') return operator.end === tokens[start]!.at ? start - 1 : start;
  return (before === null || before.kind === 'open') && operator.operator !== '/' ? start : null;
}

function equationOf(text: string, tokens: readonly Token[], sides: readonly Side[], percentOf: bigint): Equation {
  const computed = sides.find(side => side.operations > 0)!;
  return {
    text: text.slice(tokens[sides[0]!.start]!.at, tokens[sides.at(-1)!.end - 1]!.end).replace(/\s+/g, ' '),
    isTrue: sides.every(side => side === computed || agrees(computed.value, side, percentOf)),
    sides: sides.flatMap(({ value, literal }) => [...(value ? [value] : []), ...(literal?.percent ? [literal.value] : [])]),
  };
}

function agrees(exact: Rational | null, { value, literal }: Side, percentOf: bigint): boolean {
  if (!exact || !value) return false;
  if (isEqual(exact, value)) return true;
  if (!literal?.decimals) return false;
  return roundsTo(exact, value, literal.decimals + (literal.percent && percentOf === 100n ? 2 : 0));
}
