// The words of formulas: which names are functions, which signs are relations and operators, which commands are only ways to write a symbol.
import type { Relation, SetOperator } from './node.ts';

/** Functions by every name they go by; the value is the one name used in the tree. */
export const functions: ReadonlyMap<string, string> = new Map([
  ...['sin', 'cos', 'tan', 'cot', 'sec', 'csc', 'sinh', 'cosh', 'tanh', 'coth', 'sech', 'csch', 'ln', 'log', 'exp'].map(
    n => [n, n] as const,
  ),
  ...['arcsin', 'arccos', 'arctan', 'arccot', 'arcsec', 'arccsc'].map(n => [n, n] as const),
  ...['asin', 'acos', 'atan', 'acot', 'asec', 'acsc'].map(n => [n, `arc${n.slice(1)}`] as const),
  ...['sinh', 'cosh', 'tanh', 'coth', 'sech', 'csch'].flatMap(n => [`arc${n}`, `ar${n}`, `a${n}`].map(m => [m, `arc${n}`] as const)),
  ...['gcd', 'lcm', 'max', 'min', 'floor', 'ceil', 'det', 'dim', 'sgn', 'abs', 'arg', 'deg', 'ker', 'rank', 'tr', 'cis'].map(
    n => [n, n] as const,
  ),
  ...[
    ['cosec', 'csc'],
    ['tg', 'tan'],
    ['ctg', 'cot'],
    ['lg', 'log'],
    ['Re', 're'],
    ['Im', 'im'],
    ['sign', 'sgn'],
    ['ceiling', 'ceil'],
  ].map(([a, b]) => [a!, b!] as const),
]);

/** f^{-1} of these is their inverse, not their reciprocal. */
export const inverses = new Set(['sin', 'cos', 'tan', 'cot', 'sec', 'csc', 'sinh', 'cosh', 'tanh', 'coth', 'sech', 'csch']);

export const relations: ReadonlyMap<string, Relation> = new Map<string, Relation>([
  ...['to', '->', '=>', 'rightarrow', 'longrightarrow', 'Rightarrow', 'Longrightarrow'].map(arrow => [arrow, '->'] as const),
  ...(['=', '<', '>', '<=', '>=', '!='] as const).map(r => [r, r] as const),
  ...[
    ['==', '='],
    ['lt', '<'],
    ['gt', '>'],
    ['le', '<='],
    ['leq', '<='],
    ['leqslant', '<='],
    ['ge', '>='],
    ['geq', '>='],
    ['geqslant', '>='],
  ].map(([a, b]) => [a!, b as Relation] as const),
  ...[
    ['ne', '!='],
    ['neq', '!='],
    ['in', 'in'],
    ['approx', '~'],
    ['simeq', '~'],
    ['sim', '~'],
    ['doteq', '~'],
    ['cong', '=='],
    ['equiv', '=='],
  ].map(([a, b]) => [a!, b as Relation] as const),
]);

export const setOperators: ReadonlyMap<string, SetOperator> = new Map([
  ['cup', 'union'],
  ['bigcup', 'union'],
  ['cap', 'intersection'],
  ['bigcap', 'intersection'],
  ['setminus', 'minus'],
  ['backslash', 'minus'],
  ['smallsetminus', 'minus'],
]);

export const times = new Set(['*', 'cdot', 'times', 'ast', 'bullet']);
export const divides = new Set(['/', 'div']);

/** Commands that stand for a symbol of another name. */
export const symbols: ReadonlyMap<string, string> = new Map([
  ['infty', 'inf'],
  ['infinity', 'inf'],
  ['emptyset', 'empty'],
  ['varnothing', 'empty'],
  ['ell', 'l'],
  ['imath', 'i'],
  ['ldots', 'dots'],
  ['cdots', 'dots'],
  ['dots', 'dots'],
  ['dotsc', 'dots'],
  ['dotsb', 'dots'],
  ['reals', 'R'],
  ['Reals', 'R'],
]);

/** Words that are a symbol where letters are expected. */
export const wordSymbols: ReadonlyMap<string, string> = new Map([
  ['pi', 'pi'],
  ['Pi', 'Pi'],
  ['inf', 'inf'],
  ['infty', 'inf'],
  ['infinity', 'inf'],
  ['oo', 'inf'],
  ['theta', 'theta'],
  ['alpha', 'alpha'],
  ['beta', 'beta'],
  ['gamma', 'gamma'],
  ['phi', 'phi'],
  ['lambda', 'lambda'],
  ['sigma', 'sigma'],
  ['omega', 'omega'],
]);

export const accents: ReadonlyMap<string, string> = new Map([
  ['overline', 'bar'],
  ['bar', 'bar'],
  ['widehat', 'hat'],
  ['hat', 'hat'],
  ['tilde', 'tilde'],
  ['overrightarrow', 'arrow'],
  ['overarc', 'arc'],
  ['widetilde', 'tilde'],
  ['dot', 'dot'],
  ['underline', 'underline'],
  ['angle', 'angle'],
  ['measuredangle', 'angle'],
  ['triangle', 'triangle'],
  ['overset', 'overset'],
]);

export const fractions = new Set(['frac', 'dfrac', 'tfrac', 'cfrac', 'sfrac', 'nicefrac', 'rfrac', 'flatfrac']);
export const binomials = new Set(['binom', 'dbinom', 'tbinom']);
export const bigOperators = new Set(['sum', 'prod', 'int', 'lim', 'iint', 'oint']);
export const matrices = new Set(['matrix', 'pmatrix', 'bmatrix', 'Bmatrix', 'smallmatrix', 'array', 'vmatrix', 'Vmatrix']);
/** Words that join the items of a list. */
export const joiners = new Set(['and', 'or', 'And', 'Or', 'AND', 'OR', 'und', 'et']);
