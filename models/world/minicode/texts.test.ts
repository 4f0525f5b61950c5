// The code texts are whole functions in both forms. What their operations do is tested beside them (src/tasks/minicode).
import assert from 'node:assert/strict';
import test from 'node:test';
import { rngOf } from '../../../src/random.ts';
import { describedCode, docstringCode } from './texts.ts';

test('prompt and completion together are a whole function, in both forms', () => {
  const described = describedCode(rngOf(6));
  assert.match(described.prompt, /^Q: Write f\([as]\) for a .*\.\nA:$/);
  assert.match(described.completion, /^ function f\([as]\) \{\n.*\n\}$/s);
  const documented = docstringCode(rngOf(6));
  assert.match(documented.prompt + documented.completion, /^\/\/ .*\.\nfunction f\([as]\) \{\n.*\n\}$/s);
});
