// What a round may learn from, by the kind of its method: samples of the policy before it (the E-step), samples that are there already, or
// what people wrote. A row of the table a kind; which of them become rows of the M-step is select.ts.
import type { Propose } from '../methods/method.ts';
import type { Prompt } from '../prompt.ts';
import type { Problem } from '../tasks/task.ts';
import { generate } from './generate.ts';
import { BASE, FIRST, type Round } from './rounds.ts';
import type { Model, Session } from './session.ts';

/** A samples file, or the human solutions. */
export type Proposed = { readonly kind: 'samples'; readonly file: string } | { readonly kind: 'solutions' };

type ByKind = {
  readonly [K in Propose['kind']]: (
    session: Session,
    round: Round,
    from: Model,
    propose: Extract<Propose, { kind: K }>,
  ) => Promise<Proposed>;
};

const PROPOSE: ByKind = {
  sample: async (session, round, from, { samplesPerProblem, temperature, topK, topP }) => {
    const { policy, problems, layout } = session;
    await generate(session, {
      folder: round.name,
      phase: 'train',
      iteration: round.iteration,
      policy: from.name,
      problems: problems.train,
      prompt: samplingPrompt(session, from),
      draws: samplesPerProblem,
      settings: { temperature, topK, topP },
      sample: (...request) => policy.sample(from.path, ...request),
    });
    return { kind: 'samples', file: layout.policy(round.name).samples('train') };
  },
  reuse: async ({ layout }) => ({ kind: 'samples', file: layout.policy(FIRST).samples('train') }),
  solutions: async () => ({ kind: 'solutions' }),
};

/** The proposals of a round; `from` is the policy to sample. */
export function propose(session: Session, round: Round, from: Model): Promise<Proposed> {
  const { propose: kind } = round.method;
  const row = PROPOSE[kind.kind] as ByKind[typeof kind.kind] as (s: Session, r: Round, f: Model, p: Propose) => Promise<Proposed>;
  return row(session, round, from, kind);
}

/** The base is asked with the task's sampling prompt (few-shot, say), a fine-tuned policy with the prompt it was trained on. */
function samplingPrompt({ plan }: Session, from: Model): (problem: Problem) => Prompt {
  const { prompts } = plan.task;
  return problem => (from.name === BASE && prompts.sample ? prompts.sample(problem) : prompts.train(problem));
}
