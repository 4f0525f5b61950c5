// The wiring of a judge, with one that answers from a table: when it is opened and closed, and which verdicts are kept.
import assert from 'node:assert/strict';
import test from 'node:test';
import { SandboxError } from '../../errors.ts';
import type { Language } from '../../sandbox/backend.ts';
import type { CodeJudge, CodeRequest, CodeVerdict } from '../../verifiers/code/judge.ts';
import { judging, verdictOf } from './judging.ts';

const verdict = (fields: Partial<CodeVerdict>): CodeVerdict => ({
  verdict: 'correct',
  kind: 'pass',
  reason: 'all tests pass',
  reward: 1,
  testsRun: 1,
  testsTotal: 1,
  stdout: '',
  stderr: '',
  backend: 'quickjs',
  wallMs: 1,
  cpuMs: 1,
  ...fields,
});

const request = (program: string): CodeRequest => ({ language: 'javascript', program, mode: 'stdio', tests: [{ input: '', output: '' }] });

function scripted(answers: Readonly<Record<string, Partial<CodeVerdict>>> = {}, refused: readonly Language[] = []) {
  const log: string[] = [];
  const openJudge = async (): Promise<CodeJudge> => {
    log.push('open');
    return {
      open: async language => {
        if (refused.includes(language)) throw new SandboxError(`no ${language} here`);
        return { name: 'quickjs', languages: [language], enforced: ['no network'], run: async () => null, close: async () => undefined };
      },
      judge: async ({ program }) => {
        log.push(program);
        return verdict(answers[program] ?? {});
      },
      close: async () => void log.push('close'),
    };
  };
  return { log, judge: judging({ language: 'javascript', jobs: 1, openJudge }) };
}

test('a judge is opened once for all who open it, and closed with the last of them', async () => {
  const { log, judge } = scripted();
  assert.equal(judge.sandbox(), null);
  await judge.open();
  await judge.open();
  assert.deepEqual(judge.sandbox(), { backend: 'quickjs', enforced: ['no network'] });
  await judge.close();
  assert.ok(!log.includes('close') && judge.sandbox() !== null);
  await judge.close();
  assert.equal(judge.sandbox(), null);
  assert.equal(log.filter(entry => entry === 'open').length, 1);
  assert.equal(log.at(-1), 'close');
});

test('a program comes to the judge once, and again where the verdict failed or must be fresh', async () => {
  const { log, judge } = scripted({ broken: { verdict: 'failed', kind: 'sandbox_error', reason: 'lost', reward: null } });
  for (const program of ['good', 'good', 'broken', 'broken']) await judge.judge(request(program));
  await judge.judge(request('good'), { isFresh: true });
  assert.deepEqual(log, ['open', 'good', 'broken', 'broken', 'good']);
});

test('a judge that cannot judge the language is refused when it is opened, and closed', async () => {
  const { log, judge } = scripted({}, ['javascript']);
  await assert.rejects(judge.open(), (error: unknown) => error instanceof SandboxError && /no javascript here/.test(error.message));
  assert.equal(log.at(-1), 'close');
});

test('a judge that cannot be opened is asked for again', async () => {
  let times = 0;
  const judge = judging({
    language: 'python',
    jobs: 1,
    openJudge: async () => {
      times++;
      throw new SandboxError('none');
    },
  });
  await assert.rejects(judge.open(), SandboxError);
  await assert.rejects(judge.judge(request('x')), SandboxError);
  assert.equal(times, 2);
});

test("what is our fault has no reward, and what is the program's says its kind", () => {
  assert.deepEqual(verdictOf(verdict({ verdict: 'failed', kind: 'no_tests', reason: 'none ran', reward: null })), {
    kind: 'failed',
    reason: 'no_tests: none ran',
  });
  assert.deepEqual(verdictOf(verdict({ verdict: 'incorrect', kind: 'timeout_cpu', reason: 'test 2', reward: 0.25 })), {
    kind: 'incorrect',
    reward: 0.25,
    answer: null,
    reason: 'timeout_cpu: test 2',
  });
  assert.equal(verdictOf(verdict({})).kind, 'correct');
  assert.equal(verdictOf(verdict({ reward: null })).kind, 'failed');
});
