// The whole of the shared test vectors for math answers: every pair, both ways round, and every reference of MATH. Rows that need extraction go through it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RULES } from '../../src/verifiers/answers/conventions.ts';
import { extractAnswer } from '../../src/verifiers/answers/extract/extract.ts';
import { judgeAnswer, referenceProblem } from '../../src/verifiers/answers/judge.ts';

const shared = process.env.REST_EM_SHARED;
const skip = shared ? false : 'REST_EM_SHARED names no folder with the test vectors';

interface Row {
  readonly id: string;
  readonly gold: string;
  readonly pred: string;
  readonly equal: boolean;
  readonly tier: 'core' | 'policy';
  readonly policy?: string;
  readonly extract?: boolean;
  readonly extract_gold?: boolean;
}

const rowsOf = <T>(file: string): T[] =>
  readFileSync(join(shared!, 'fixtures/answers', file), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as T);

const extracted = (text: string): string => extractAnswer(text).text ?? text;
const isCorrect = (reference: string, answer: string): boolean => judgeAnswer(reference, answer).kind === 'correct';
const isRight = ({ gold, pred, equal, extract, extract_gold }: Row): boolean =>
  isCorrect(extract_gold ? extracted(gold) : gold, extract ? extracted(pred) : pred) === equal;

test('core pairs of public projects: at least 99 % right, and no wrong answer accepted', { skip }, () => {
  const core = rowsOf<Row>('equivalence.jsonl').filter(row => row.tier === 'core');
  const wrong = core.filter(row => !isRight(row));
  assert.deepEqual(
    wrong.filter(row => !row.equal),
    [],
  );
  assert.ok(wrong.length <= core.length * 0.01, wrong.map(row => row.id).join(' '));
});

test('core rewrites of MATH answers: at least 99.5 % of the equal ones found, and no other accepted', { skip }, () => {
  const core = rowsOf<Row>('mutations.jsonl').filter(row => row.tier === 'core');
  const wrong = core.filter(row => !isRight(row));
  assert.deepEqual(
    wrong.filter(row => !row.equal),
    [],
  );
  assert.ok(wrong.length <= core.filter(row => row.equal).length * 0.005, wrong.map(row => row.id).join(' '));
});

/** About where the answer stands in a text, or decided otherwise on purpose: docs/answers.md says how. */
const elsewhere = /^(?:last-|list-of-boxes|answer-|multilingual|choice-heuristic|bracket-answer|rounding|number-words)/;

test('policies of the default rules are what their description says', { skip }, () => {
  const rows = [...rowsOf<Row>('equivalence.jsonl'), ...rowsOf<Row>('mutations.jsonl')];
  const plain = rows.filter(row => row.policy !== undefined && !elsewhere.test(row.policy) && !row.extract && !row.extract_gold);
  assert.deepEqual(
    plain.filter(row => !isRight(row)),
    [],
  );
  assert.ok(plain.length > 200);
});

test('every reference of MATH can be judged and equals itself in other delimiters', { skip }, () => {
  const answers = [...new Set(rowsOf<{ answer: string }>('math-gold.jsonl').map(row => row.answer))];
  assert.deepEqual(
    answers.map(answer => referenceProblem(answer)).filter(problem => problem !== null),
    [],
  );
  assert.deepEqual(
    answers.filter(answer => !isCorrect(answer, `\\(${answer}\\)`)),
    [],
  );
});

test('strict-math says what the official script said of every pair', { skip }, () => {
  const rows = new Map([...rowsOf<Row>('equivalence.jsonl'), ...rowsOf<Row>('mutations.jsonl')].map(row => [row.id, row]));
  const verdicts = rowsOf<{ id: string; hendrycks?: boolean | null }>('cross-verdicts.jsonl').filter(
    v => typeof v.hendrycks === 'boolean' && rows.has(v.id),
  );
  const other = verdicts.filter(({ id, hendrycks }) => {
    const { gold, pred } = rows.get(id)!;
    return (judgeAnswer(gold, pred, RULES['strict-math']).kind === 'correct') !== hendrycks;
  });
  assert.deepEqual(other, []);
  assert.ok(verdicts.length > 1000);
});
