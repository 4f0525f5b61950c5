import assert from 'node:assert/strict';
import test from 'node:test';
import { definesInPython, programIn } from './program-text.ts';

test('a text without a fence is the program', () => {
  assert.equal(programIn('    return 1\n', 'python'), '    return 1\n');
});

test('the last fenced block of the language is the program', () => {
  const text = 'First:\n```python\ndraft\n```\nBetter:\n```py\nfinal\n```\nRun it:\n```bash\npython x.py\n```\n';
  assert.equal(programIn(text, 'python'), 'final\n');
  assert.equal(programIn('```js\nf\n```', 'javascript'), 'f\n');
  assert.equal(programIn('```\nplain\n```', 'python'), 'plain\n');
});

test('a block that is never closed goes to the end of the text', () => {
  assert.equal(programIn('So:\n```python\ndef f():\n    return 1', 'python'), 'def f():\n    return 1');
});

test('backticks inside a line fence nothing', () => {
  const text = 's = "```"\nprint(s)\n';
  assert.equal(programIn(text, 'python'), text);
});

test('a name is defined by def, async def or an assignment at the outermost level, and by nothing else', () => {
  for (const text of ['def f(x):', 'async def f():', 'f = lambda x: x', 'f: Callable = g', 'import os\ndef f(): pass'])
    assert.ok(definesInPython(text, 'f'), text);
  for (const text of ['    def f(x):', 'def ff(x):', 'f == 1', 'print(f(1))', '# def f']) assert.ok(!definesInPython(text, 'f'), text);
});
