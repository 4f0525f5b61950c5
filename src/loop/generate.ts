// Samples a body of completions (the E-step, D_val, a test set) into one samples file, wave by wave. A wave is sampled, judged, written and
// forced to the disk as one, in (problem, draw) order; what waves are depends on the plan alone. So going on after a crash is: count the
// whole waves in the file, cut off the rest, and do the waves that are missing.
import { StoreError } from '../errors.ts';
import { appendJsonl, cutTo, linesOf, parseLine } from '../runs/jsonl.ts';
import { sampleId } from '../runs/layout.ts';
import { makeFolder } from '../runs/open.ts';
import { type SampleRow, sampledTokens } from '../runs/rows.ts';
import type { Plan } from './plan.ts';
import { note, type Session, throwIfStopped } from './session.ts';
import { stopIfBroken } from './verify.ts';
import { type Body, sampleWave } from './wave.ts';

/** Counts over a whole samples file. */
export interface Tally {
  completions: number;
  /** Sampled for them. */
  tokens: number;
  correct: number;
  /** Sum over all judged samples. */
  reward: number;
  failed: number;
  solved: number;
  problems: number;
}

/** Completes the samples file of `body`; when it returns, the file holds every sample. */
export async function generate(session: Session, body: Body): Promise<Tally> {
  const { plan, layout, emit } = session;
  const file = layout.policy(body.folder).samples(body.phase);
  await makeFolder(layout.policy(body.folder).dir);
  const tally = await takeUp(session, body, file);
  const of = body.problems.length * body.draws;
  emit({ kind: 'stage', policy: body.folder, phase: body.phase, done: nominal(tally, body), of });
  const before = { ...tally };
  for (let size = waveSize(plan, body, tally); size > 0; size = waveSize(plan, body, tally)) {
    throwIfStopped(session.signal);
    const began = session.clock();
    const rows = await sampleWave(session, body, body.problems.slice(tally.problems, tally.problems + size), nominal(tally, body));
    count(tally, rows);
    stopIfBroken(tally.completions - before.completions, tally.failed - before.failed, rows); // before the write: such a wave is judged again
    await appendJsonl(file, rows);
    const { solved, problems } = tally;
    const seconds = (session.clock() - began) / 1000;
    emit({
      kind: 'wave',
      policy: body.folder,
      phase: body.phase,
      ...sumOf(rows),
      seconds,
      done: nominal(tally, body),
      of,
      solved,
      problems,
    });
  }
  if (tally.problems < body.problems.length)
    note(
      session,
      `${body.folder}: the tokens it may sample are used up; ${tally.problems} of ${body.problems.length} problems were sampled`,
    );
  return tally;
}

/** Completions done, a problem counted as `draws` of them: a tree search has as many as its budget allows. */
const nominal = ({ problems }: Tally, { draws }: Body): number => problems * draws;

/**
 * How many problems the next wave has; 0: nothing is left to do. As many as its completions allow, but one at least; where the body has a
 * limit of tokens no more than can be sampled at full length within what is left of it, so the limit is never passed.
 */
function waveSize({ waveCompletions, maxTokens }: Plan, { draws, problems, tokens }: Body, tally: Tally): number {
  const usual = Math.min(problems.length - tally.problems, Math.max(1, Math.floor(waveCompletions / draws)));
  return tokens === undefined ? usual : Math.max(0, Math.min(usual, Math.floor((tokens - tally.tokens) / (draws * maxTokens))));
}

/** Counts the whole waves that are there and cuts off what comes after them. */
async function takeUp(session: Session, body: Body, file: string): Promise<Tally> {
  const tally: Tally = { completions: 0, tokens: 0, correct: 0, reward: 0, failed: 0, solved: 0, problems: 0 };
  let size = waveSize(session.plan, body, tally);
  let wave: SampleRow[] = [];
  let [problems, draw] = [0, 0];
  let end = 0;
  for await (const line of linesOf(file)) {
    const row = parseLine<SampleRow>(file, line);
    const problem = body.problems[problems];
    const expected = problem && sampleId(body.folder, body.phase, problem.id, draw);
    if (row.id !== expected)
      throw new StoreError(
        `${file} line ${line.number} is sample ${row.id}, where ${expected ?? 'nothing'} belongs: the file or the task's problems were changed`,
      );
    wave.push(row);
    draw = (draw + 1) % (row.of ?? body.draws);
    if (draw > 0) continue;
    problems++;
    if (problems < tally.problems + size) continue;
    count(tally, wave);
    size = waveSize(session.plan, body, tally);
    wave = [];
    end = line.end;
  }
  const bytes = await cutTo(file, end);
  if (bytes > 0)
    note(session, `${file}: a wave was cut short (${wave.length} whole samples, ${bytes} bytes); thrown away, it is sampled again`);
  return tally;
}

function count(tally: Tally, rows: readonly SampleRow[]): void {
  tally.completions += rows.length;
  tally.tokens += rows.reduce((sum, row) => sum + sampledTokens(row), 0);
  tally.problems += new Set(rows.map(row => row.problem_id)).size;
  tally.correct += rows.filter(row => row.verdict === 'correct').length;
  tally.reward += rows.reduce((sum, row) => sum + (row.reward ?? 0), 0);
  tally.failed += rows.filter(row => row.verdict === 'failed').length;
  tally.solved += new Set(rows.filter(row => row.verdict === 'correct').map(row => row.problem_id)).size;
}

const sumOf = (rows: readonly SampleRow[]) => ({
  completions: rows.length,
  tokens: rows.reduce((sum, row) => sum + sampledTokens(row), 0),
  correct: rows.filter(row => row.verdict === 'correct').length,
  failed: rows.filter(row => row.verdict === 'failed').length,
});
