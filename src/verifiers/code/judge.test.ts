// The judge over a scripted sandbox: which outcome each observation becomes, what a reward may come from, and what is nobody's fault. The sandboxes
// themselves have their own tests; `judge code` in test/ runs the whole.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SandboxError } from '../../errors.ts';
import type { Backend, End, Job, Observation, Unjudged, Value } from '../../sandbox/backend.ts';
import { type CodeJudgeOptions, type CodeRequest, openCodeJudge } from './judge.ts';

const int = (n: number): Value => ({ t: 'int', v: String(n) });
const observation = (index: number, more: Partial<Observation> = {}): Observation => ({
  index,
  end: 'exit',
  detail: '',
  stdout: new Uint8Array(),
  stderr: '',
  wallMs: 10,
  cpuMs: 5,
  ...more,
});
const prints = (text: string): Partial<Observation> => ({ stdout: Buffer.from(text) });

type Script = (job: Job, index: number, run: number) => Partial<Observation> | Unjudged;

/** A backend that answers by a script, and what it was asked. */
function scripted(script: Script, count?: number) {
  const jobs: Job[] = [];
  const backend: Backend = {
    name: 'quickjs',
    languages: ['javascript'],
    enforced: [],
    run(job, onTest) {
      jobs.push(job);
      const total = count ?? (job.mode === 'stdio' ? job.inputs : job.mode === 'call' ? job.calls : job.asserts).length;
      for (let i = 0; i < total; i++) {
        const said = script(job, i, jobs.length);
        if ('kind' in said) return Promise.resolve(said);
        if (!onTest(observation(i, said))) break;
      }
      return Promise.resolve(null);
    },
    close: () => Promise.resolve(),
  };
  return { jobs, options: { jobs: 2, openBackend: () => Promise.resolve(backend), isOverloaded: () => false } satisfies CodeJudgeOptions };
}

async function judged(request: CodeRequest, script: Script, more: Partial<CodeJudgeOptions> = {}, count?: number) {
  const { options } = scripted(script, count);
  const judge = await openCodeJudge({ ...options, ...more });
  const verdict = await judge.judge(request);
  await judge.close();
  return verdict;
}

const STDIO: CodeRequest = {
  language: 'javascript',
  program: 'x',
  mode: 'stdio',
  tests: [
    { input: '1', output: '1\n' },
    { input: '2', output: '2\n' },
  ],
};

test('every test passed is correct, and worth 1', async () => {
  const verdict = await judged(STDIO, (_, i) => prints(`${i + 1}`));
  assert.deepEqual([verdict.verdict, verdict.kind, verdict.reward, verdict.testsRun, verdict.testsTotal], ['correct', 'pass', 1, 2, 2]);
  assert.deepEqual([verdict.wallMs, verdict.cpuMs, verdict.backend], [20, 10, 'quickjs']);
});

test('the first failing test ends it; asked for the share, every test runs', async () => {
  const script: Script = (_, i) => prints(i === 0 ? 'wrong' : `${i + 1}`);
  const first = await judged(STDIO, script);
  assert.deepEqual([first.verdict, first.kind, first.reward, first.testsRun, first.stdout], ['incorrect', 'wrong_answer', 0, 1, 'wrong']);
  const share = await judged({ ...STDIO, partial: true }, script);
  assert.deepEqual([share.verdict, share.reward, share.testsRun, share.stdout], ['incorrect', 0.5, 2, 'wrong']);
  assert.match(share.reason, /^test 1 of 2/);
});

test('each way to end that is not a clean exit is an outcome of its own, whatever was printed', async () => {
  const ends: readonly (readonly [End, string])[] = [
    ['assertion_failed', 'wrong_answer'],
    ['runtime_error', 'runtime_error'],
    ['load_error', 'load_error'],
    ['timeout_cpu', 'timeout_cpu'],
    ['timeout_wall', 'timeout_wall'],
    ['memory', 'memory'],
    ['output_limit', 'output_limit'],
    ['protocol_error', 'protocol_error'],
  ];
  for (const [end, kind] of ends) {
    const verdict = await judged(STDIO, (_, i) => ({ ...prints(`${i + 1}`), end }));
    assert.deepEqual([verdict.verdict, verdict.kind, verdict.reward], ['incorrect', kind, 0]);
  }
});

test('what our side cannot do is failed, without a reward', async () => {
  for (const kind of ['sandbox_error', 'unsupported', 'no_sandbox'] as const) {
    const verdict = await judged(STDIO, () => ({ kind, reason: 'why' }));
    assert.deepEqual([verdict.verdict, verdict.kind, verdict.reward, verdict.reason], ['failed', kind, null, 'why']);
  }
});

test('no tests are no success, and neither are fewer than there are', async () => {
  const none = await judged({ ...STDIO, tests: [] }, () => ({}));
  assert.deepEqual([none.verdict, none.kind, none.reward], ['failed', 'no_tests', null]);
  const fewer = await judged(STDIO, (_, i) => prints(`${i + 1}`), {}, 1);
  assert.deepEqual([fewer.verdict, fewer.kind, fewer.reward], ['failed', 'sandbox_error', null]);
  const nothing = await judged(STDIO, () => ({}), {}, 0);
  assert.equal(nothing.verdict, 'failed');
});

test('a completion without a program is unparsable, and nothing runs', async () => {
  const { options, jobs } = scripted(() => ({}));
  const judge = await openCodeJudge(options);
  const verdict = await judge.judge({ ...STDIO, program: ' \n' });
  assert.deepEqual([verdict.verdict, verdict.kind, verdict.reward, jobs.length], ['unparsable', null, 0, 0]);
});

test('no expected output reaches the sandbox, and a line of input is ended', async () => {
  const { options, jobs } = scripted(() => prints('secret-9'));
  const judge = await openCodeJudge(options);
  await judge.judge({
    ...STDIO,
    tests: [
      { input: 'a', output: 'secret-9' },
      { input: '', output: 'secret-9' },
    ],
  });
  await judge.judge({ language: 'javascript', program: 'x', mode: 'call', fn: 'f', tests: [{ args: [int(1)], result: 'secret-9' }] });
  assert.doesNotMatch(JSON.stringify(jobs), /secret/);
  assert.deepEqual(jobs[0]?.mode === 'stdio' && jobs[0].inputs, ['a\n', '']);
});

test('a rule for reports judges, and gives no reward', async () => {
  const verdict = await judged({ ...STDIO, compare: { rule: 'apps-compat' } }, () => prints('2 1'), {});
  assert.equal(verdict.reward, null);
  const lcb = await judged({ ...STDIO, compare: { rule: 'lcb' } }, (_, i) => prints(`${i + 1}.0`));
  assert.deepEqual([lcb.verdict, lcb.reward], ['correct', null]);
});

test('output that is no UTF-8 is a wrong answer', async () => {
  const verdict = await judged(STDIO, () => ({ stdout: new Uint8Array([0xff]) }));
  assert.deepEqual([verdict.kind, verdict.reason], ['wrong_answer', 'test 1 of 2: the output is not UTF-8']);
});

const CALL: CodeRequest = { language: 'javascript', program: 'x', mode: 'call', fn: 'f', tests: [{ args: [int(1)], result: int(2) }] };

test('a call is judged by its result, or by the argument that the problem names', async () => {
  assert.equal((await judged(CALL, () => ({ value: int(2) }))).verdict, 'correct');
  assert.equal((await judged(CALL, () => ({ value: { t: 'opaque', v: 'AlwaysEqual' } }))).kind, 'wrong_answer');
  assert.equal((await judged(CALL, () => ({}))).kind, 'protocol_error');
  const inPlace = await judged({ ...CALL, compare: { inPlace: 0 } }, () => ({ value: null, argumentsAfter: [int(2)] }));
  assert.equal(inPlace.verdict, 'correct');
});

test('a wall-clock limit is tried once more where the machine was overloaded and the program had no turn', async () => {
  const script: Script = (_job, i, run) => (run === 1 ? { end: 'timeout_wall' } : prints(`${i + 1}`));
  assert.equal((await judged(STDIO, script, { isOverloaded: () => true })).verdict, 'correct');
  assert.equal((await judged(STDIO, script)).kind, 'timeout_wall');
  const busy: Script = (_job, i, run) => (run === 1 ? { end: 'timeout_wall', cpuMs: 3900 } : prints(`${i + 1}`));
  assert.equal((await judged(STDIO, busy, { isOverloaded: () => true })).kind, 'timeout_wall');
});

test('where no sandbox can be had each verdict says so; a backend for another language is unsupported', async () => {
  const refuse = () => Promise.reject(new SandboxError('bwrap: not there'));
  const none = await judged(STDIO, () => ({}), { openBackend: refuse });
  assert.deepEqual([none.verdict, none.kind, none.reason], ['failed', 'no_sandbox', 'bwrap: not there']);
  const other = await judged(STDIO, () => ({}), { backends: ['bwrap'] });
  assert.deepEqual([other.verdict, other.kind], ['failed', 'unsupported']);
});
