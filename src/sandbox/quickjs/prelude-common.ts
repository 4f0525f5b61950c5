// What every program finds in its realm besides the language: console, print, timers, structuredClone, module and exports. JavaScript text,
// run in the program's own realm before it: nothing here guards anything, a program may tear it down and harms itself alone. Timers do not wait:
// they run in the order of their times once the script is done. `host` has write(stream, text) and exit(code).

export const COMMON = String.raw`
(host, kit) => {
  const global = globalThis;
  const define = (name, value) => Object.defineProperty(global, name, { value, writable: true, enumerable: false, configurable: true });

  const quote = s => s.includes("'") ? (s.includes('"') ? JSON.stringify(s) : '"' + s + '"') : "'" + s.replace(/\\/g, '\\\\').replace(/\n/g, '\\n') + "'";
  const keyText = k => typeof k === 'symbol' ? '[' + String(k) + ']' : /^[A-Za-z_$][\w$]*$/.test(k) ? k : quote(k);
  const inspect = (v, depth = 0, seen = []) => {
    if (typeof v === 'string') return quote(v);
    if (typeof v === 'bigint') return v + 'n';
    if (Object.is(v, -0)) return '-0';
    if (typeof v === 'function') return v.prototype && /^class\b/.test(Function.prototype.toString.call(v)) ? '[class ' + (v.name || '(anonymous)') + ']' : '[Function' + (v.name ? ': ' + v.name : ' (anonymous)') + ']';
    if (v === null || typeof v !== 'object') return String(v);
    if (v instanceof Error) return v.stack ? v.name + ': ' + v.message + '\n' + v.stack.trimEnd() : String(v);
    if (v instanceof Date) return isNaN(v) ? 'Invalid Date' : v.toISOString();
    if (v instanceof RegExp) return String(v);
    if (seen.includes(v)) return '[Circular *1]';
    const next = x => inspect(x, depth + 1, [...seen, v]);
    const wrap = (open, parts, close) => parts.length === 0 ? open + close : open + ' ' + parts.join(', ') + ' ' + close;
    const name = v.constructor && v.constructor.name;
    if (depth > 2) return Array.isArray(v) ? '[Array]' : '[' + (name || 'Object') + ']';
    const more = (list, size) => list.length < size ? [...list, '... ' + (size - list.length) + ' more item' + (size - list.length > 1 ? 's' : '')] : list;
    if (Array.isArray(v)) return wrap('[', more(v.slice(0, 100).map(next), v.length), ']');
    if (v instanceof Map) return wrap('Map(' + v.size + ') {', [...v].map(([k, x]) => next(k) + ' => ' + next(x)), '}');
    if (v instanceof Set) return wrap('Set(' + v.size + ') {', [...v].map(next), '}');
    if (ArrayBuffer.isView(v) && !(v instanceof DataView)) return wrap(name + '(' + v.length + ') [', more([...v.slice(0, 100)].map(next), v.length), ']');
    if (v instanceof Promise) return 'Promise { <pending> }';
    const open = name && name !== 'Object' ? name + ' {' : name ? '{' : '[Object: null prototype] {';
    return wrap(open, Object.keys(v).map(k => keyText(k) + ': ' + next(v[k])), '}');
  };
  const format = args => {
    let rest = [...args], text = '';
    if (typeof rest[0] === 'string' && rest.length > 1 && /%[sdifjoOc%]/.test(rest[0])) {
      const template = rest.shift();
      text = template.replace(/%[sdifjoOc%]/g, spec => {
        if (spec === '%%') return '%';
        if (rest.length === 0) return spec;
        const v = rest.shift();
        if (spec === '%s') return typeof v === 'object' && v !== null ? inspect(v) : String(v);
        if (spec === '%d') return typeof v === 'bigint' ? v + 'n' : String(Number(v));
        if (spec === '%i') return String(parseInt(v));
        if (spec === '%f') return String(parseFloat(v));
        if (spec === '%j') return JSON.stringify(v);
        return spec === '%c' ? '' : inspect(v);
      });
      if (rest.length > 0) text += ' ';
    }
    return text + rest.map(v => typeof v === 'string' ? v : inspect(v)).join(' ');
  };
  const say = stream => (...args) => host.write(stream, format(args) + '\n');
  const out = say('out'), err = say('err');
  define('console', { log: out, info: out, debug: out, error: err, warn: err, trace: err, table: out, dir: v => out(v), assert: (ok, ...m) => { if (!ok) err('Assertion failed', ...m) }, time() {}, timeEnd() {}, group() {}, groupEnd() {} });
  define('print', out);

  let now = 0, order = 0, timers = [];
  const later = (every) => (f, ms = 0, ...args) => {
    const wait = Math.max(1, Number(ms) || 0);
    timers.push({ id: ++order, at: now + wait, f, args, every: every ? wait : 0 });
    return order;
  };
  const cancel = id => { timers = timers.filter(t => t.id !== id) };
  define('setTimeout', later(false));
  define('setInterval', later(true));
  define('setImmediate', (f, ...args) => later(false)(f, 0, ...args));
  for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate']) define(name, cancel);
  define('queueMicrotask', f => { Promise.resolve().then(f) });
  const clone = (v, seen = new Map()) => {
    if (typeof v === 'function' || typeof v === 'symbol') throw new TypeError('could not be cloned');
    if (v === null || typeof v !== 'object') return v;
    if (seen.has(v)) return seen.get(v);
    const copy = Array.isArray(v) ? [] : v instanceof Map ? new Map() : v instanceof Set ? new Set() : v instanceof Date ? new Date(v) : ArrayBuffer.isView(v) ? v.slice() : {};
    seen.set(v, copy);
    if (v instanceof Map) for (const [k, x] of v) copy.set(clone(k, seen), clone(x, seen));
    else if (v instanceof Set) for (const x of v) copy.add(clone(x, seen));
    else if (!ArrayBuffer.isView(v) && !(v instanceof Date)) for (const k of Object.keys(v)) copy[k] = clone(v[k], seen);
    return copy;
  };
  define('structuredClone', v => clone(v));
  const module = { exports: {} };
  define('module', module);
  define('exports', module.exports);
  define('global', global);

  Object.assign(kit, { define, inspect, format });
  /** Runs the next timer; false when there is none. */
  return () => {
    if (timers.length === 0) return false;
    const next = timers.reduce((a, b) => b.at < a.at || (b.at === a.at && b.id < a.id) ? b : a);
    now = next.at;
    if (next.every) { next.at += next.every; next.id = ++order } else cancel(next.id);
    next.f(...next.args);
    return true;
  };
}
`;
