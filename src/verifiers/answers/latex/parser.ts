// The state of the parser, and the few things every part of it does: look at the next token, take it, insist on one, count depth.
// A text that is no formula throws Unreadable, which parse.ts turns into null.
import { type Budget, spend } from '../budget.ts';
import type { Token } from './tokens.ts';

/** The text is no formula we can read. */
export class Unreadable extends Error {}

export interface Parser {
  readonly tokens: Token[];
  at: number;
  depth: number;
  /** Inside |…|: a bar closes. Inside \{…\}: a colon is no ratio. */
  bars: number;
  noRatio: number;
  readonly budget: Budget;
}

const DEEPEST = 40;
const NOTHING: Token = { t: 'end', s: '', spaced: false, upright: false };

export const peek = (p: Parser, ahead = 0): Token => p.tokens[p.at + ahead] ?? NOTHING;
export const isDone = (p: Parser): boolean => p.at >= p.tokens.length;
export const unreadable = (why: string): never => {
  throw new Unreadable(why);
};

export function take(p: Parser): Token {
  spend(p.budget);
  const token = peek(p);
  p.at++;
  return token;
}

/** Takes the next token if it is this sign. */
export function accept(p: Parser, sign: string): boolean {
  if (peek(p).t !== sign) return false;
  p.at++;
  return true;
}

export function expect(p: Parser, sign: string): void {
  if (!accept(p, sign)) unreadable(`no ${sign}`);
}

export const isCommand = (token: Token, names: { has(name: string): boolean }): boolean => token.t === 'cmd' && names.has(token.s);
/** A sign or a command of that name. */
export const isOneOf = (token: Token, names: { has(name: string): boolean }): boolean => names.has(token.t === 'cmd' ? token.s : token.t);

export function acceptCommand(p: Parser, name: string): boolean {
  const token = peek(p);
  if (token.t !== 'cmd' || token.s !== name) return false;
  p.at++;
  return true;
}

/** Runs one level deeper; too deep is unreadable. */
export function deeper<T>(p: Parser, work: (p: Parser) => T): T {
  if (++p.depth > DEEPEST) unreadable('nested too deep');
  const out = work(p);
  p.depth--;
  return out;
}
