// The first training row, token by token: the prompt bears no loss, the completion and the end after it do; a chat's template owns BOS.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig } from '../config/load.ts';
import { inspectModel } from '../config/model.ts';
import { resolvePlan } from '../config/resolve.ts';
import { describeTrainingRow } from '../config/training-row.ts';
import type { Fit, FitRow, Policy } from '../policy/policy.ts';
import { rowOfSolution, showingFirstRow } from './show-batch.ts';

const MICRO = join(import.meta.dirname, '../engine/weights/fixtures/micro');
const HERE = mkdtempSync(join(tmpdir(), 'rest-em-show-'));
after(() => rmSync(HERE, { recursive: true, force: true }));

const { tokenizer } = await inspectModel(MICRO);
const row = (id: string, changes: Partial<FitRow> = {}): FitRow => ({
  ...{ id, prompt: { kind: 'text', text: 'the cat' }, completion: ' sat', weight: 0.5 },
  ...changes,
});
/** [place, id, loss, text] of each token. */
const tokensOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .slice(2)
    .map(line => /^ *(\d+) +(\d+) +([01]) ("(?:[^"\\]|\\.)*")( \(the end\))?$/.exec(line)!)
    .map(([, place, id, loss, words, end]) => ({
      place: Number(place),
      id: Number(id),
      loss: Number(loss),
      text: JSON.parse(words!),
      end: end !== undefined,
    }));

test('the prompt bears no loss, the completion does, and so does the end of the text', () => {
  const text = describeTrainingRow(tokenizer, row('r1'));
  const [prompt, completion] = [tokenizer.encode('the cat', { addSpecial: true }), tokenizer.encode(' sat')];
  const tokens = tokensOf(text);
  assert.deepEqual(
    tokens.map(t => t.id),
    [...prompt, ...completion, tokenizer.endId],
  );
  assert.deepEqual(
    tokens.map(t => t.loss),
    [...prompt.map(() => 0), ...completion.map(() => 1), 1],
  );
  assert.deepEqual(
    tokens.map(t => t.place),
    tokens.map((_, i) => i),
  );
  assert.equal(tokens.map(t => t.text).join(''), 'the cat sat<|im_end|>');
  assert.deepEqual(
    tokens.map(t => t.end),
    tokens.map((_, i) => i === tokens.length - 1),
  );
  assert.match(
    text,
    new RegExp(`^first training row: r1, weight 0\\.5; ${tokens.length} tokens, of which ${completion.length + 1} bear loss\n`),
  );
});

test('sampled tokens are shown as they were sampled', () => {
  const tokens = tokensOf(describeTrainingRow(tokenizer, row('r1', { tokens: [9, 200, 31] })));
  assert.deepEqual(
    tokens.slice(-4).map(t => t.id),
    [9, 200, 31, tokenizer.endId],
  );
});

test('the template of a chat owns BOS: it stands once, where the template has it, though the tokenizer adds one to plain text', async () => {
  const dir = join(HERE, 'with-bos');
  cpSync(MICRO, dir, { recursive: true });
  const change = (file: string, change: (json: Record<string, unknown>) => void) => {
    const json = JSON.parse(readFileSync(join(dir, file), 'utf8'));
    change(json);
    writeFileSync(join(dir, file), JSON.stringify(json));
  };
  const bos = '<|endoftext|>';
  change('tokenizer.json', json => {
    const special = { SpecialToken: { id: bos, type_id: 0 } };
    const single = [special, { Sequence: { id: 'A', type_id: 0 } }];
    json.post_processor = {
      type: 'TemplateProcessing',
      single,
      pair: single,
      special_tokens: { [bos]: { id: bos, ids: [0], tokens: [bos] } },
    };
  });
  change('tokenizer_config.json', json => {
    json.bos_token = bos;
    json.chat_template =
      '{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}';
  });
  const its = (await inspectModel(dir)).tokenizer;
  const shown = (prompt: FitRow['prompt']) => tokensOf(describeTrainingRow(its, row('r', { prompt })));
  const chat = shown({ kind: 'chat', messages: [{ role: 'user', content: 'hi' }] });
  assert.equal(
    chat
      .filter(t => t.loss === 0)
      .map(t => t.text)
      .join(''),
    `${bos}[user] hi\n[assistant]`,
  );
  assert.deepEqual(
    chat.flatMap(t => (t.id === 0 ? [t.place] : [])),
    [0],
  );
  assert.deepEqual(
    shown({ kind: 'text', text: 'hi' }).flatMap(t => (t.id === 0 ? [t.place] : [])),
    [0],
  );
});

test('the first row by its id is printed once, before the first fit is opened; rows without weight are none', async () => {
  const heard: string[] = [];
  const fit = {} as Fit;
  const opens = async () => {
    heard.push('fit');
    return fit;
  };
  const policy = { fit: opens } as unknown as Policy;
  const showing = showingFirstRow(policy, tokenizer, text => heard.push(text.split(',')[0]!));
  const settings = {} as Parameters<Policy['fit']>[2];
  assert.equal(await showing.fit('m', [row('b'), row('c'), row('a', { weight: 0 })], settings), fit);
  await showing.fit('m', [row('d')], settings);
  assert.deepEqual(heard, ['first training row: b', 'fit', 'fit']);
});

test('a dry run shows a row made of a human solution', async () => {
  const root = join(import.meta.dirname, '../..');
  const { settings } = await loadConfig(join(root, 'examples/quick.config.ts'), { cwd: root });
  const resolved = await resolvePlan(settings, { cwd: HERE, threads: 1 });
  const tokens = tokensOf(rowOfSolution(resolved));
  const [problem] = resolved.problems.train;
  const said = (loss: number) =>
    tokens
      .filter(t => t.loss === loss)
      .map(t => t.text)
      .join('');
  assert.deepEqual([said(0), said(1)], [`Q: ${problem!.question}\nA:`, `${problem!.solution}<|end|>`]);
  const without = {
    ...resolved,
    problems: { ...resolved.problems, train: resolved.problems.train.map(({ solution: _, ...rest }) => rest) },
  };
  assert.match(rowOfSolution(without), /^note: a dry run draws no samples/);
});
