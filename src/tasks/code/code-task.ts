// A task of programs, put together: whatever its problems and prompts, a completion becomes a program, a judge runs it on the problem's tests, and
// the gate and the audit come with it. The file to copy for a data set of one's own: ../tests.ts. Nothing is opened before it is needed.
import { ConfigError } from '../../errors.ts';
import type { Language, Limits } from '../../sandbox/backend.ts';
import type { CodeRequest, CodeTests } from '../../verifiers/code/request.ts';
import { unparsable, type Verdict } from '../../verifiers/verdict.ts';
import type { Split, Task } from '../task.ts';
import { flawsOf, halfLimits } from './gate.ts';
import { type JudgingSettings, judging } from './judging.ts';
import type { CodeProblem } from './problem.ts';
import type { JudgedSettings } from './settings.ts';
import { wrongPrograms } from './wrong-programs.ts';

export interface CodeTaskParts {
  readonly name: string;
  readonly language: Language;
  readonly settings: JudgedSettings;
  problems(split: Split): Promise<readonly CodeProblem[]>;
  notes?(split: Split): Promise<readonly string[]>;
  readonly prompts: Task<CodeProblem>['prompts'];
  readonly stop: readonly string[];
  readonly maxTokens: number;
  /** The program that a completion, not empty, comes to. */
  programOf(problem: CodeProblem, completion: string): string;
  /** The request as it is put to the judge, where a task knows a cheaper one that finds the same. */
  asked?(request: CodeRequest): CodeRequest;
  /** The problem as it is judged, where finding that out takes a run of its reference. */
  settled?(problem: CodeProblem, run: (request: CodeRequest) => Promise<Verdict>): Promise<CodeProblem>;
  readonly openJudge?: NonNullable<JudgingSettings['openJudge']>;
}

export function codeTask(parts: CodeTaskParts): Task<CodeProblem> {
  const { name, language, settings, openJudge, prompts, stop, maxTokens } = parts;
  const { backends, jobs, reward } = settings;
  const { open, close, judge, sandbox } = judging({ language, backends, jobs, ...(openJudge && { openJudge }) });
  const settledOnce = new Map<string, Promise<CodeProblem>>();

  const settled = async (problem: CodeProblem): Promise<CodeProblem> => {
    if (!parts.settled) return problem;
    const known = settledOnce.get(problem.id);
    if (known) return known;
    const finding = parts.settled(problem, request => judge(request));
    settledOnce.set(problem.id, finding);
    finding.catch(() => settledOnce.delete(problem.id));
    return finding;
  };

  const requestFor = (problem: CodeProblem, tests: CodeTests, completion: string): CodeRequest => {
    const request: CodeRequest = {
      ...tests,
      language,
      program: parts.programOf(problem, completion),
      limits: { ...givenLimits(settings), ...problem.limits },
      ...(problem.compare && { compare: problem.compare }),
      ...(reward === 'share' && { partial: true }),
    };
    return parts.asked?.(request) ?? request;
  };

  const judgeBy = async (problem: CodeProblem, pick: (problem: CodeProblem) => CodeTests | undefined, completion: string) => {
    if (completion.trim() === '') return unparsable('the completion is empty');
    const ready = await settled(problem);
    const tests = pick(ready);
    return tests ? judge(requestFor(ready, tests, completion)) : null;
  };

  const verify = async (problem: CodeProblem, completion: string): Promise<Verdict> =>
    (await judgeBy(problem, ({ tests }) => tests, completion))!;

  return {
    name,
    async problems(split) {
      const all = await parts.problems(split);
      return split === 'train' ? without(all, settings.exclude) : all;
    },
    prompts,
    stop,
    maxTokens,
    verify,
    open,
    close,
    sandbox,
    audit: (problem, completion) => judgeBy(problem, ({ heldOut }) => heldOut, completion),
    gate: {
      right: ({ programs }) => programs.slice(0, 1),
      wrong: problem => wrongPrograms(problem).map(({ name: what, program }) => ({ name: what, completion: program })),
      flaws: flawsOf,
      async verifyRight(problem, completion) {
        const ready = await settled(problem);
        const request = requestFor(ready, ready.tests, completion);
        return thrice(() => judge({ ...request, limits: halfLimits(request.limits) }, { isFresh: true }));
      },
    },
    ...(parts.notes && { notes: parts.notes }),
  };
}

const givenLimits = ({ limits = {} }: JudgedSettings): Partial<Limits> =>
  Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));

/** The first verdict of three that is not correct, or the last. */
async function thrice(run: () => Promise<Verdict>): Promise<Verdict> {
  let verdict = await run();
  for (let again = 1; again < 3 && verdict.kind === 'correct'; again++) verdict = await run();
  return verdict;
}

function without(problems: readonly CodeProblem[], exclude: readonly string[]): readonly CodeProblem[] {
  if (exclude.length === 0) return problems;
  const ids = new Set(problems.map(({ id }) => id));
  const unknown = exclude.filter(id => !ids.has(id));
  if (unknown.length > 0)
    throw new ConfigError(unknown.map(id => ({ field: 'task.exclude', message: `there is no training problem '${id}'` })));
  return problems.filter(({ id }) => !exclude.includes(id));
}
