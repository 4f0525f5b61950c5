// What a round may learn from, by the kind of its method: samples of the policy before it (the E-step), a search of its own, samples that are there
// already, or nothing. A row of the table a kind; when it returns, the samples files of the round's folder are whole. Which samples become
// rows of the M-step is select.ts's to say.
import type { Propose } from '../methods/method.ts';
import type { Prompt } from '../prompt.ts';
import { readJsonl } from '../runs/jsonl.ts';
import type { Phase } from '../runs/layout.ts';
import { type SampleRow, sampledTokens } from '../runs/rows.ts';
import type { Problem } from '../tasks/task.ts';
import { generate } from './generate.ts';
import type { Round } from './rounds.ts';
import type { SearchSettings } from './search/budget.ts';
import { type Model, note, type Session } from './session.ts';
import { isCorrect } from './weigh.ts';

const GREEDY = { temperature: 0, topK: 0, topP: 1 };

type ByKind = {
  readonly [K in Propose['kind']]: (
    session: Session,
    round: Round,
    from: Model,
    propose: Extract<Propose, { kind: K }>,
  ) => Promise<unknown>;
};

const PROPOSE: ByKind = {
  sample: (session, round, from, { samplesPerProblem: draws, temperature, topK, topP }) =>
    sample(session, round, from, { draws, settings: { temperature, topK, topP } }),
  greedy: async (session, round, from, { hint }) => {
    await sample(session, round, from, { draws: 1, settings: GREEDY });
    if (hint === 'failed') await sampleHinted(session, round, from);
  },
  search: (session, round, from, { samplesPerProblem: draws, temperature, topK, topP, expansions, exploration }) =>
    sample(session, round, from, {
      draws,
      settings: { temperature, topK, topP },
      search: { samplesPerProblem: draws, expansions, exploration },
    }),
  solutions: async () => undefined,
  reuse: async () => undefined,
};

/** Makes the proposals of a round; `from` is the policy to sample. A further M-step on the same samples finds them there. */
export async function propose(session: Session, round: Round, from: Model): Promise<void> {
  const { propose: kind } = round.method;
  const row = PROPOSE[kind.kind] as (session: Session, round: Round, from: Model, propose: Propose) => Promise<unknown>;
  if (round.improve === 0) await row(session, round, from, kind);
}

interface Drawing {
  readonly draws: number;
  readonly settings: typeof GREEDY;
  readonly search?: SearchSettings;
  readonly phase?: Phase;
  readonly problems?: readonly Problem[];
  readonly prompt?: (problem: Problem) => Prompt;
}

async function sample(session: Session, round: Round, from: Model, drawing: Drawing) {
  const phase = drawing.phase ?? 'train';
  const tokens = await tokensLeft(session, round, phase);
  await sayDistance(session, from);
  return generate(session, {
    ...{ folder: round.samples, phase, iteration: round.iteration, policy: from.name },
    ...{ problems: round.problems, prompt: samplingPrompt(session, from) },
    ...drawing,
    ...(tokens !== null && { tokens }),
    sample: (...request) => session.policy.sample(from.path, ...request),
  });
}

/** Where samples are drawn in fewer bits than the model has, how far that is from the model. */
async function sayDistance(session: Session, from: Model): Promise<void> {
  const distance = await session.policy.distance?.(from.path);
  if (!distance) return;
  const { kl, meanAbsoluteChange, tokens, bits, isUsed } = distance;
  note(
    session,
    `${from.name} is ${isUsed ? `sampled in ${bits} bits` : `sampled in fp32, ${bits} bits being too far`}: KL ${kl.toFixed(4)} nats a token from fp32, log-probabilities changed by ${meanAbsoluteChange.toFixed(3)} on average (${tokens} tokens of fixed texts)`,
  );
}

/** What the rounds before this one, and its own samples of another phase, leave of the plan's tokens; null: there is no limit. */
async function tokensLeft({ plan, layout }: Session, round: Round, phase: Phase): Promise<number | null> {
  if (plan.sampleTokens === undefined) return null;
  const own = layout.policy(round.samples).samples(phase);
  const files = [...round.past, round.samples].flatMap(folder => LEARNED_FROM.map(each => layout.policy(folder).samples(each)));
  let left = plan.sampleTokens;
  for (const file of files.filter(other => other !== own)) for await (const row of readJsonl<SampleRow>(file)) left -= sampledTokens(row);
  return Math.max(0, left);
}

const LEARNED_FROM: readonly Phase[] = ['train', 'train-hinted'];

/** The problems that were answered wrongly, asked again with the answer in the prompt (STaR's rationalisation, arXiv 2203.14465). */
async function sampleHinted(session: Session, round: Round, from: Model): Promise<void> {
  const wrong = new Set<string>();
  for await (const row of readJsonl<SampleRow>(session.layout.policy(round.samples).samples('train')))
    if (row.verdict !== 'failed' && !isCorrect(row)) wrong.add(row.problem_id);
  const problems = round.problems.filter(problem => wrong.has(problem.id));
  const { hint } = session.plan.task.prompts;
  if (hint) await sample(session, round, from, { draws: 1, settings: GREEDY, phase: 'train-hinted', problems, prompt: hint });
}

/** The base is asked with the task's sampling prompt (few-shot, say), a fine-tuned policy with the prompt it was trained on. */
export function samplingPrompt({ plan }: Session, from: Model): (problem: Problem) => Prompt {
  const { prompts } = plan.task;
  return problem => (from.path === plan.model && prompts.sample ? prompts.sample(problem) : prompts.train(problem));
}
