// node:assert for the tests' side (and for programs that require it): what tests of functions use. Written against plain data, which is all that
// crosses. Trusted on the tests' side, where no code of the program runs. JavaScript text that makes `assert`.

export const ASSERT = `
() => {
  const { keys, is, getPrototypeOf, hasOwn } = Object;
  class AssertionError extends Error {
    constructor(message, more = {}) { super(message); Object.assign(this, more); this.name = 'AssertionError'; this.code = 'ERR_ASSERTION' }
  }
  const show = v => { try { return typeof v === 'bigint' ? v + 'n' : typeof v === 'object' && v !== null ? JSON.stringify(v, (k, x) => typeof x === 'bigint' ? x + 'n' : x) : String(v) } catch { return '?' } };
  const fail = (message, fallback, more) => { if (message instanceof Error) throw message; throw new AssertionError(message === undefined ? fallback : String(message), more) };
  const check = (ok, message, actual, operator, expected) => { if (!ok) fail(message, show(actual) + ' ' + operator + ' ' + show(expected), { actual, expected, operator }) };
  const looseSame = (a, b) => a == b || (a !== a && b !== b);
  const same = (a, b, strict, pairs = []) => {
    if (strict ? is(a, b) : looseSame(a, b)) return true;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    if (pairs.some(([x, y]) => x === a && y === b)) return true;
    const next = [...pairs, [a, b]], eq = (x, y) => same(x, y, strict, next);
    if (strict && getPrototypeOf(a) !== getPrototypeOf(b)) return false;
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    if (a instanceof Date || b instanceof Date) return a instanceof Date && b instanceof Date && is(a.getTime(), b.getTime());
    if (a instanceof RegExp || b instanceof RegExp) return String(a) === String(b);
    if (a instanceof Error || b instanceof Error) return a instanceof Error && b instanceof Error && a.name === b.name && a.message === b.message;
    if (a instanceof Set || b instanceof Set) return a instanceof Set && b instanceof Set && a.size === b.size && [...a].every(x => b.has(x) || [...b].some(y => eq(x, y)));
    if (a instanceof Map || b instanceof Map) return a instanceof Map && b instanceof Map && a.size === b.size && [...a].every(([k, x]) => b.has(k) ? eq(x, b.get(k)) : [...b].some(([l, y]) => eq(k, l) && eq(x, y)));
    if (a.length !== b.length && (Array.isArray(a) || ArrayBuffer.isView(a))) return false;
    const k = keys(a);
    return k.length === keys(b).length && k.every(name => hasOwn(b, name) && eq(a[name], b[name]));
  };
  const matches = (error, expected) => {
    if (expected === undefined) return true;
    if (expected instanceof RegExp) return expected.test(String(error));
    if (typeof expected === 'function') return expected.prototype !== undefined && error instanceof expected ? true : Error.isPrototypeOf(expected) ? false : expected.call({}, error) === true;
    return keys(expected).every(k => expected[k] instanceof RegExp && typeof error[k] === 'string' ? expected[k].test(error[k]) : same(error[k], expected[k], true));
  };
  const thrown = (error, expected, message) => { if (typeof expected === 'string') return; if (!matches(error, expected)) fail(message, 'another error was thrown: ' + show(error && error.message)) };
  const assert = (ok, message) => { if (!ok) fail(message, 'the value is ' + show(ok)) };
  const equality = strict => ({
    equal: (a, b, m) => check(strict ? is(a, b) : looseSame(a, b), m, a, strict ? '!==' : '!=', b),
    notEqual: (a, b, m) => check(!(strict ? is(a, b) : looseSame(a, b)), m, a, '===', b),
    deepEqual: (a, b, m) => check(same(a, b, strict), m, a, 'is not deeply', b),
    notDeepEqual: (a, b, m) => check(!same(a, b, strict), m, a, 'is deeply', b),
  });
  const loose = equality(false), exact = equality(true);
  Object.assign(assert, loose, {
    ok: assert, AssertionError,
    strictEqual: exact.equal, notStrictEqual: exact.notEqual, deepStrictEqual: exact.deepEqual, notDeepStrictEqual: exact.notDeepEqual,
    fail: m => fail(m, 'Failed'),
    match: (text, pattern, m) => check(pattern.test(text), m, text, 'does not match', pattern),
    doesNotMatch: (text, pattern, m) => check(!pattern.test(text), m, text, 'matches', pattern),
    throws(f, expected, m) { let error, did = false; try { f() } catch (e) { error = e; did = true } if (!did) fail(typeof expected === 'string' ? expected : m, 'nothing was thrown'); thrown(error, expected, m) },
    doesNotThrow(f) { f() },
    async rejects(p, expected, m) { let error, did = false; try { await (typeof p === 'function' ? p() : p) } catch (e) { error = e; did = true } if (!did) fail(typeof expected === 'string' ? expected : m, 'nothing was rejected'); thrown(error, expected, m) },
    async doesNotReject(p) { await (typeof p === 'function' ? p() : p) },
    ifError: e => { if (e !== null && e !== undefined) throw e },
  });
  assert.strict = Object.assign((...a) => assert(...a), assert, exact);
  assert.strict.strict = assert.strict;
  return assert;
}
`;
