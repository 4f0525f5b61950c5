// Attacks in JavaScript, for the backends that run it: out of the realm, out of time, out of memory, and answers that only look right.
import { type Hostile, TIMEOUT } from './hostile.ts';

const javascript = (what: string, ends: Hostile['ends'], program: string): Hostile => ({
  what,
  language: 'javascript',
  mode: 'call',
  ends,
  program,
});

const FAILURE: Hostile['ends'] = ['exit', 'runtime_error', 'load_error', 'memory', 'protocol_error', 'output_limit', ...TIMEOUT];
const LIMITED: Hostile['ends'] = ['memory', 'runtime_error', 'load_error', ...TIMEOUT];

export const JAVASCRIPT: readonly Hostile[] = [
  javascript('a loop at the top', LIMITED, 'for (;;) {}'),
  javascript('a loop in the function', LIMITED, 'function add() { for (;;) {} }'),
  javascript(
    'microtasks without end',
    FAILURE,
    'function add() { const f = () => Promise.resolve().then(f); f(); return new Promise(() => {}); }',
  ),
  javascript(
    'an array that grows',
    LIMITED,
    'function add() { const x = []; for (let i = 0; i < 1e9; i++) x.push([i, i, i, i]); return "ESCAPE"; }',
  ),
  javascript(
    'a string that doubles',
    LIMITED,
    'function add() { let s = "x"; for (let i = 0; i < 40; i++) s += s; return "ESCAPE " + s.length; }',
  ),
  javascript('a regular expression that backtracks', LIMITED, 'function add() { return /^(a+)+$/.test("a".repeat(60) + "!"); }'),
  javascript('recursion', LIMITED, 'function add(a, b) { return add(a, b) + 1; }'),
  javascript(
    'the host by every name',
    FAILURE,
    `function add() {
  const names = ['process', 'require', 'Deno', 'Bun', 'fetch', 'Worker', 'WebSocket', 'std', 'os', 'globalThis.process'];
  const found = names.filter(n => { try { return new Function('return typeof ' + n + ' !== "undefined"')(); } catch { return false; } });
  const outer = (() => { try { return this.constructor.constructor('return typeof process')(); } catch { return 'undefined'; } })();
  return found.length || outer !== 'undefined' ? 'ESCAPE ' + found + outer : null;
}`,
  ),
  javascript(
    'modules of the host',
    FAILURE,
    'async function add() { for (const m of ["fs", "node:fs", "std", "os"]) { try { await import(m); return "ESCAPE " + m; } catch {} } return null; }',
  ),
  javascript(
    'an object that equals by its conversions',
    FAILURE,
    'function add() { return { valueOf: () => 7, toString: () => "7", toJSON: () => 7, t: "int", v: "7" }; }',
  ),
  javascript(
    'the serialiser replaced',
    FAILURE,
    'JSON.stringify = () => "7"; Object.prototype.toJSON = () => 7; Array.prototype.push = () => 7; function add() { return null; }',
  ),
  javascript(
    'getters and proxies without end',
    FAILURE,
    'function add() { return new Proxy({}, { get: () => add(), ownKeys: () => { for (;;) {} } }); }',
  ),
  javascript(
    'thrown values that break handlers',
    FAILURE,
    'function add() { throw { get message() { throw this; }, toString() { throw this; } }; }',
  ),
  javascript(
    'output without end',
    FAILURE,
    'function add() { for (let i = 0; i < 1e8; i++) console.log("x".repeat(1000)); return "ESCAPE"; }',
  ),
];
