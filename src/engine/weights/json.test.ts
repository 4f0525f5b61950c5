// Keys that stand twice are found wherever they stand, and nothing else is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ModelError } from '../../errors.ts';
import { parseObjectStrictly } from './json.ts';

for (const text of [
  '{"a":1,"a":1}',
  '{"a":1,"\\u0061":2}',
  '{"x":[{"b":{},"c":"}","b":{}}]}',
  '{"":1,"":2}',
  '{"q\\"":1,"q\\"":1}',
  '{"a":1,"b":{"a":2},"a":3}',
]) {
  test(`a repeated key in ${text} is refused`, () => {
    assert.throws(
      () => parseObjectStrictly('header', text),
      (error: unknown) => error instanceof ModelError && /twice/.test(error.message),
    );
  });
}

test('any object that JSON.stringify writes is accepted as it is', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), object => {
      const text = JSON.stringify(object);
      assert.equal(JSON.stringify(parseObjectStrictly('header', text)), text);
    }),
  );
});

test('a string of ten million characters does not overflow the stack', () => {
  assert.equal(String(parseObjectStrictly('header', `{"a":"${'\\n'.repeat(5e6)}"}`).a).length, 5e6);
});
