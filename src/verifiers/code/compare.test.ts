// The rules of comparison, and the traps that other graders fell into: each false positive that was measured elsewhere is a row here.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Value } from '../../sandbox/backend.ts';
import { STDIO_RULES, textOf } from './compare-stdio.ts';
import { isSameValue } from './compare-values.ts';
import { readExactJson } from './exact-json.ts';
import type { Comparison } from './request.ts';

const strict = (expected: string, actual: string, settings: Comparison = {}) =>
  STDIO_RULES.strict.differs(expected, actual, settings) === null;
const lcb = (expected: string, actual: string) => STDIO_RULES.lcb.differs(expected, actual, {}) === null;
const apps = (expected: string, actual: string) => STDIO_RULES['apps-compat'].differs(expected, actual, {}) === null;

describe('strict', () => {
  const same: readonly (readonly [string, string])[] = [
    ['7\n', '7'],
    ['7', '7\r\n'],
    ['a\nb', 'a  \nb\t\n\n\n'],
    ['a\rb', 'a\nb'],
    ['1 2 3', '1  2\t3'],
    ['x', '  x'],
    ['', ' \n\n'],
    ['0.333333', '0.3333333333'],
    ['1.0', '1'],
    ['1e3', '1000'],
    ['2000000.0', '2000000.9'],
    ['é 世', 'é 世'],
  ];
  for (const [expected, actual] of same) {
    test(`${JSON.stringify(actual)} is right for ${JSON.stringify(expected)}`, () => assert.ok(strict(expected, actual)));
  }
  const different: readonly (readonly [string, string, string])[] = [
    ['YES\nNO\nYES\n', 'YES\nNO\n', 'two of three lines, as a set the same'],
    ['YES\nNO', 'NO\nYES', 'another order of lines'],
    ['1 2 3', '3 2 1', 'another order of tokens'],
    ['1000000', '1000001', 'integers are never near'],
    ['50000000000000001', '5e16', 'integers are never floats'],
    ['1', '1.0', 'an integer is expected as one'],
    ['1.0', '0x1', 'hexadecimal is no decimal'],
    ['1.0', 'nan', 'nan is near nothing'],
    ['nan', 'NaN', 'nan is a word'],
    ['1e999', 'inf', 'inf is a word'],
    ['inf', 'Infinity', 'inf is a word'],
    ['Yes', 'YES', 'case counts'],
    ['a b', 'ab', 'tokens count'],
    ['a', 'a\nb', 'more output'],
    ['a\n\nb', 'a\nb', 'an empty line inside counts'],
    ['\na', 'a', 'an empty line at the start counts'],
    ['', 'x', 'nothing was expected'],
    ['0.5', '0.50001', 'beyond the tolerance'],
    ['1.5', '1.5.0', 'no number'],
    ['0.5 ', '1_0', 'no number of ours'],
    ['1.5', '１.5', 'a digit of another script'],
  ];
  for (const [expected, actual, why] of different) {
    test(`${JSON.stringify(actual)} is wrong for ${JSON.stringify(expected)}: ${why}`, () => assert.ok(!strict(expected, actual)));
  }

  test('lines come in any order only where the problem says so, and each counts once', () => {
    assert.ok(strict('a\nb\na', 'a\na\nb', { unordered: true }));
    assert.ok(!strict('a\nb\na', 'a\nb\nb', { unordered: true }));
    assert.ok(strict('1.0\n2.0', '2.0000001\n1', { unordered: true }));
    assert.ok(strict('1.0000005\n1.0', '1.0\n1.000001', { unordered: true }));
  });

  test('a problem may set its own tolerance', () => {
    assert.ok(strict('3.14', '3.1', { tolerance: 0.1 }));
    assert.ok(!strict('3.14', '3.1400001', { tolerance: 1e-9 }));
  });

  test('bytes that are no UTF-8 are no text', () => {
    assert.equal(textOf(new Uint8Array([0x37, 0xff])), null);
    assert.equal(textOf(new TextEncoder().encode('世')), '世');
  });
});

describe("other graders' rules", () => {
  test('lcb takes equal decimals and no near ones, and keeps the number of lines', () => {
    assert.ok(lcb('1.0 2', '1 2.00'));
    assert.ok(lcb('100', '1e2'));
    assert.ok(!lcb('0.1', '0.10000001'));
    assert.ok(!lcb('10000000000000001', '10000000000000000'));
    assert.ok(!lcb('a\n\nb', 'a\nb'));
    assert.ok(!lcb('x', 'y'));
  });

  test('apps-compat accepts what the official checker of APPS accepts, which is why no reward comes from it', () => {
    assert.ok(apps('YES\nNO\nYES', 'YES\nNO'));
    assert.ok(apps('1 2 3', '3 2 1'));
    assert.ok(apps('1000000', '1000001'));
    assert.ok(apps('50000000000000001', '5e16'));
    assert.ok(!apps('5', '6'));
    assert.ok(!apps('YES', 'yes'));
    assert.ok(!STDIO_RULES['apps-compat'].isForRewards && !STDIO_RULES.lcb.isForRewards && STDIO_RULES.strict.isForRewards);
  });
});

const EXACT = { tolerance: 1e-6, unordered: false };
/** Values as JSON, and a few that JSON cannot write. */
const v = (json: string): Value => readExactJson(json);
const tuple = (...items: Value[]): Value => ({ t: 'tuple', v: items });
const same = (expected: Value, actual: Value, rule = EXACT) => isSameValue(expected, actual, rule);

describe('values', () => {
  test('numbers compare by value across bool, int and float, exactly', () => {
    assert.ok(same(v('1'), v('true')));
    assert.ok(same(v('1'), v('1.0')));
    assert.ok(same(v('123456789012345678901234567890'), v('123456789012345678901234567890')));
    assert.ok(!same(v('9007199254740993'), v('9007199254740992')));
    assert.ok(!same(v('9007199254740993'), v('9007199254740992.0')));
    assert.ok(!same(v('1'), v('"1"')));
    assert.ok(!same(v('NaN'), v('NaN')));
    assert.ok(same(v('Infinity'), v('Infinity')));
    assert.ok(same({ t: 'int', v: '255' }, { t: 'int', v: '0xff' }));
    assert.ok(same({ t: 'int', v: '-255' }, { t: 'int', v: '-0xff' }));
  });

  test('a near float will do where a non-integral float is expected, and nowhere else', () => {
    assert.ok(same(v('0.3'), v('0.30000000000000004')));
    assert.ok(same(v('[0.1, 0.2]'), v('[0.1000000001, 0.2]')));
    assert.ok(!same(v('3'), v('3.0000000001')));
    assert.ok(!same(v('3.0'), v('3.0000000001')));
    assert.ok(!same(v('0.3'), v('0.30000000000000004'), { tolerance: 0, unordered: false }));
    assert.ok(!same(v('0.5'), v('NaN')));
  });

  test('a tuple equals a list at every level', () => {
    assert.ok(same(v('[[1, [2]], 3]'), tuple(tuple(v('1'), tuple(v('2'))), v('3'))));
    assert.ok(!same(v('[1, 2]'), tuple(v('1'))));
    assert.ok(!same(v('[1]'), { t: 'iterator', v: [v('1')] }));
  });

  test('order counts, save at the outermost level of an unordered problem', () => {
    const unordered = { ...EXACT, unordered: true };
    const set: Value = { t: 'set', v: [v('2'), v('1')] };
    assert.ok(!same(v('[1, 2]'), v('[2, 1]')));
    assert.ok(same(v('[1, 2]'), v('[2, 1]'), unordered));
    assert.ok(!same(v('[1, 1, 2]'), v('[1, 2, 2]'), unordered));
    assert.ok(!same(v('[[1, 2]]'), v('[[2, 1]]'), unordered));
    assert.ok(!same(v('[1, 2]'), set));
    assert.ok(same(v('[1, 2]'), set, unordered));
    assert.ok(same({ t: 'set', v: [v('1'), v('2')] }, set));
  });

  test('dictionaries compare by key, whatever the order', () => {
    assert.ok(same(v('{"a": 1, "b": [2]}'), v('{"b": [2], "a": 1}')));
    assert.ok(!same(v('{"a": 1}'), v('{"a": 1, "b": 2}')));
    assert.ok(!same(v('{"a": 1, "b": null}'), v('{"a": 1, "c": null}')));
    assert.ok(!same(v('{"1": 2}'), { t: 'dict', v: [[v('1'), v('2')]] }));
    assert.ok(same({ t: 'dict', v: [[v('1'), v('2')]] }, { t: 'dict', v: [[v('1.0'), v('2')]] }));
    assert.ok(same(v('{"__proto__": 1}'), v('{"__proto__": 1}')));
  });

  test('null equals null alone, and an opaque value equals nothing', () => {
    assert.ok(same(null, null));
    for (const other of [v('0'), v('false'), v('""'), v('[]')]) assert.ok(!same(null, other) && !same(other, null));
    const opaque: Value = { t: 'opaque', v: 'AlwaysEqual' };
    for (const other of [opaque, null, v('1'), v('"AlwaysEqual"'), v('[]')]) assert.ok(!same(other, opaque));
  });

  test('bytes and complex numbers equal their like', () => {
    assert.ok(same({ t: 'bytes', v: '00ff' }, { t: 'bytes', v: '00ff' }));
    assert.ok(!same({ t: 'bytes', v: '61' }, 'a'));
    assert.ok(same({ t: 'complex', v: ['0x1.0p+0', '0x0.0p+0'] }, { t: 'complex', v: ['0x1.0p+0', '-0x0.0p+0'] }));
  });
});

test('an output of a million blanks, digits or line ends is compared in no time by any rule', () => {
  const MANY = 1_000_000;
  const floods = [
    ['7', `${' '.repeat(MANY)}x`],
    ['0.5', `${'9'.repeat(MANY)}x`],
    ['0.5', `1${'0'.repeat(MANY)}1`],
    ['7', `${'\r'.repeat(MANY)}x`],
  ] as const;
  const began = performance.now();
  for (const rule of Object.values(STDIO_RULES))
    for (const [expected, actual] of floods) assert.notEqual(rule.differs(expected, actual, {}), null);
  // Quadratic, one of them took hours, and the judge with it.
  assert.ok(performance.now() - began < 30_000);
});
