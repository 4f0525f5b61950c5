import assert from 'node:assert/strict';
import test from 'node:test';
import { parseExact, typedValue } from './exact-json.ts';

const typed = (text: string) => typedValue(parseExact(text));

test('an integer keeps its digits, however many, and a float its dot', () => {
  assert.deepEqual(typed('12345678901234567890123'), { t: 'int', v: '12345678901234567890123' });
  assert.deepEqual(typed('-9007199254740993'), { t: 'int', v: '-9007199254740993' });
  assert.deepEqual(typed('1.0'), { t: 'float', v: '0x1.0000000000000p+0' });
  assert.deepEqual(typed('1e3'), { t: 'float', v: '0x1.f400000000000p+9' });
});

test('lists, objects, text and the three words are themselves, at every depth', () => {
  assert.deepEqual(typed('{"a": [1, null, {"b": true}], "__proto__": "x"}'), {
    t: 'dict',
    v: [
      ['a', { t: 'list', v: [{ t: 'int', v: '1' }, null, { t: 'dict', v: [['b', true]] }] }],
      ['__proto__', 'x'],
    ],
  });
});

test('text that looks like a number stays text', () => {
  assert.equal(typed('"12345678901234567890"'), '12345678901234567890');
});
