// The reader of JSON, held to JSON.parse where that is exact, and to the digits where it is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Value } from '../../sandbox/backend.ts';
import { floatOfHex, hexOfFloat } from '../../sandbox/hex-float.ts';
import { JsonError, readExactJson } from './exact-json.ts';

function plain(value: Value): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value.t === 'int') return Number(value.v);
  if (value.t === 'float') return floatOfHex(value.v);
  if (value.t === 'list') return value.v.map(plain);
  if (value.t === 'dict') return Object.fromEntries(value.v.map(([key, item]) => [key, plain(item)]));
  return assert.fail(value.t);
}

test('what JSON.parse reads is read alike', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.constantFrom(undefined, 2, '\t'), (json, indent) => {
      const value: unknown = JSON.parse(json);
      const text = JSON.stringify(value, null, indent);
      assert.deepEqual(plain(readExactJson(text)), JSON.parse(text));
    }),
  );
});

test('integers keep their digits, floats their bits, and the one is not the other', () => {
  assert.deepEqual(readExactJson('[-123456789012345678901234567890, 1.0, 1e2, -0, 0.1]'), {
    t: 'list',
    v: [
      { t: 'int', v: '-123456789012345678901234567890' },
      { t: 'float', v: '0x1.0000000000000p+0' },
      { t: 'float', v: '0x1.9000000000000p+6' },
      { t: 'int', v: '0' },
      { t: 'float', v: '0x1.999999999999ap-4' },
    ],
  });
});

test('keys keep their order, integer-like ones too, and the last of two alike counts', () => {
  const value = readExactJson('{"2": 1, "1": 2, "2": 3}');
  assert.deepEqual(value, {
    t: 'dict',
    v: [
      ['2', { t: 'int', v: '3' }],
      ['1', { t: 'int', v: '2' }],
    ],
  });
});

test('what is no JSON is refused with its place', () => {
  const bad = [
    '',
    ' ',
    '{',
    '[1,]',
    '{"a" 1}',
    "{'a': 1}",
    '01',
    '1.',
    '.5',
    '+1',
    '"a',
    '"\n"',
    '"\\x"',
    'tru',
    '1 2',
    '[1] x',
    '{"a":1,}',
    'undefined',
    '-',
  ];
  for (const text of bad) assert.throws(() => readExactJson(text), JsonError, text);
  assert.throws(() => readExactJson('['.repeat(10_000)), JsonError);
});

test('texts of megabytes and of many escapes are read', () => {
  const long = `${'ab\\n\\u00e9"'.replaceAll('"', '\\"')}`.repeat(300_000);
  assert.equal((readExactJson(`"${long}"`) as string).length, 5 * 300_000);
  assert.equal(readExactJson('"\\\\"'), '\\');
  assert.equal(readExactJson('"\\ud83d\\ude00\\ud800"'), '😀\ud800');
});

test('a float survives its hexadecimal form, to the bit', () => {
  const back = (n: number) => floatOfHex(hexOfFloat(n));
  fc.assert(fc.property(fc.double(), n => assert.ok(Object.is(back(n), n))));
  for (const n of [0, -0, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308]) assert.ok(Object.is(back(n), n), String(n));
  assert.equal(floatOfHex('0x1.8p+1'), 3);
  assert.equal(floatOfHex('0x1p-2'), 0.25);
  assert.ok(Number.isNaN(floatOfHex('1.5')));
});
