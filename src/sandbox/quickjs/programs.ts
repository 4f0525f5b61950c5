// How a JavaScript program is started, and how its function is found. A program with import, export or await at its outermost level is a module, with
// the imports of what there is (fs, readline, …) rewritten to require; anything else is a script, so that its functions and constants can be seen.
import type { QuickJSHandle } from './module.ts';
import { Ended, type Side } from './side.ts';

const MODULE = /^(import\b(?!\s*[(.])|export\b|(?:(?:const|let|var)\b[^\n]*=\s*)?(?:for\s+)?await\b)/m;
const DEFAULT_IMPORT = /^import\s+(?:\*\s+as\s+)?([\w$]+)\s+from\s*(['"][^'"\n]+['"]);?/gm;
const NAMED_IMPORT = /^import\s+(?:([\w$]+)\s*,\s*)?\{([^}]*)\}\s*from\s*(['"][^'"\n]+['"]);?/gm;

/** Runs the program's text. Throws Ended; a text that is no JavaScript is a load_error. */
export function start(side: Side, program: string): void {
  const isModule = MODULE.test(program);
  const code = isModule ? withRequire(program) : program.replace(/^#!.*/, '');
  const type = isModule ? 'module' : 'global';
  try {
    const result = side.evaluate(code, 'solution.js', type);
    if (isModule) side.settled(result);
  } catch (error) {
    throw error instanceof Ended && !isRunning(side, error, code, type) ? new Ended({ ...error.ending, end: 'load_error' }) : error;
  }
}

/** The text itself was in order, or the error is none of its form. */
const isRunning = (side: Side, { ending }: Ended, code: string, type: 'global' | 'module') =>
  ending.end !== 'runtime_error' ||
  (!/Cannot find module|could not load module/.test(ending.detail) &&
    (!ending.detail.startsWith('SyntaxError') || side.isWellFormed(code, type)));

const withRequire = (program: string) =>
  program
    .replace(NAMED_IMPORT, (_all, first: string | undefined, names: string, from: string) => {
      const bound = `const {${names.replaceAll(/\bas\b/g, ':')}} = require(${from});`;
      return first ? `const ${first} = require(${from}); ${bound}` : bound;
    })
    .replace(DEFAULT_IMPORT, 'const $1 = require($2);');

/**
 * A function of that name; or an export; or the only export; or a method of a new Solution(). Throws Ended (load_error) when there is none.
 * In a module, names are out of reach unless exported, so the program's last line hands them over (see startForCalls).
 */
export function findFunction(side: Side, name: string): QuickJSHandle {
  const found = side.evaluate(
    `(() => {
      const name = ${JSON.stringify(name)};
      if (typeof ${name} === 'function') return ${name};
      const made = typeof module === 'object' && module !== null ? module.exports : undefined;
      if (made && typeof made[name] === 'function') return made[name];
      if (typeof exports === 'object' && exports !== null && typeof exports[name] === 'function') return exports[name];
      if (typeof made === 'function') return made;
      if (typeof Solution === 'function') { const one = new Solution(); if (typeof one[name] === 'function') return (...args) => one[name](...args) }
    })()`,
    'find.js',
  );
  if (side.context.typeof(found) === 'function') return found;
  throw new Ended({ end: 'load_error', detail: `there is no function ${name}` });
}

/** For programs whose functions are called: any failure to load is a load_error, as no test can be asked. */
export function startForCalls(side: Side, program: string, names: readonly string[]): void {
  const handOver = names.map(name => `\n;if (typeof ${name} === 'function') globalThis[${JSON.stringify(name)}] = ${name};`).join('');
  try {
    start(side, MODULE.test(program) ? program + handOver : program);
    side.drain();
  } catch (error) {
    if (!(error instanceof Ended) || !['runtime_error', 'exit'].includes(error.ending.end)) throw error;
    throw new Ended({ end: 'load_error', detail: error.ending.detail });
  }
}
