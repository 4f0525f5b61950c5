// Why methods cannot stand in a run, found before any work: an arm that samples nothing and has nothing to reuse, human solutions that are not
// there, settings of a method that do not go together. What a configuration may say at all is src/config's.
import type { Complaint } from '../errors.ts';
import type { Method } from '../methods/method.ts';
import { METHODS } from '../methods/table.ts';
import { iterationName } from '../runs/layout.ts';
import type { Task } from '../tasks/task.ts';
import type { Plan } from './plan.ts';
import type { ChosenProblems } from './problems.ts';

interface Facts {
  readonly hasSolutions: boolean;
  readonly hasHint: boolean;
}

/** What any method needs: when it is wrong, and in which words. */
const NEEDS: readonly { isWrong(method: Method, facts: Facts): boolean; readonly field: string; readonly says: string }[] = [
  {
    isWrong: ({ propose }, { hasSolutions }) => propose.kind === 'solutions' && !hasSolutions,
    field: '',
    says: 'needs human solutions, and no training problem of this task has one',
  },
  {
    isWrong: ({ start }, { hasSolutions }) => start === 'sft' && !hasSolutions,
    field: '.start',
    says: "starts from SFT on human solutions, and no training problem of this task has one; start: 'base' needs none",
  },
  {
    isWrong: ({ propose }, { hasHint }) => propose.kind === 'greedy' && propose.hint === 'failed' && !hasHint,
    field: '.propose.hint',
    says: "asks with the answer as a hint, and this task has no prompts.hint; hint: 'none' does without",
  },
  {
    isWrong: ({ propose, memory }) => propose.kind === 'solutions' && memory.solutions === 'none',
    field: '.memory.solutions',
    says: 'samples nothing and takes no human solutions: there is nothing to learn from',
  },
  {
    isWrong: ({ batchProblems, fitFrom }) => batchProblems > 0 && fitFrom === 'base',
    field: '.fitFrom',
    says: 'starts every mini-batch from the base, so only the last one of an iteration would count; with batchProblems it is previous',
  },
  {
    isWrong: ({ stop, steps }) => (stop === 'steps') !== (steps !== null),
    field: '.steps',
    says: 'goes with stop: steps, and only with that',
  },
];

const needsOf = (method: Method, field: string, facts: Facts): Complaint[] =>
  NEEDS.filter(need => need.isWrong(method, facts)).map(need => ({ field: field + need.field, message: `${method.name} ${need.says}` }));

/** Every reason why this plan's methods cannot be run. */
export function complaintsAbout(plan: Plan, problems: ChosenProblems): Complaint[] {
  const { method, arms } = plan;
  const facts = factsOf(plan.task, problems);
  const complaints: Complaint[] = needsOf(method, 'method', facts);
  if (method.propose.kind === 'solutions' && method.iterations !== 1)
    complaints.push({
      field: 'method.iterations',
      message: `${method.name} samples nothing, so it has one iteration; ${method.iterations} came`,
    });
  if (method.propose.kind === 'reuse' || method.stop === 'as-first-iteration')
    complaints.push({ field: 'method', message: `${method.name} can only stand beside another method; name it under arms` });
  return [...complaints, ...arms.flatMap((arm, i) => [...aboutArm(plan, arm, i), ...needsOf(arm, `arms.${i}`, facts)])];
}

const factsOf = ({ prompts }: Task, { train }: ChosenProblems): Facts => ({
  hasSolutions: train.some(problem => problem.solution !== undefined),
  hasHint: prompts.hint !== undefined,
});

/** Names of folders that are not an arm's. */
const isTaken = (name: string): boolean => name.startsWith('base') || name.startsWith(iterationName(1).slice(0, -1));

function aboutArm({ method, arms }: Plan, arm: Method, i: number): Complaint[] {
  const { name, propose, iterations, stop } = arm;
  const others = arms.slice(0, i);
  const startsSft = [method, ...arms].some(({ start }) => start === 'sft');
  const wrong: readonly (readonly [boolean, string])[] = [
    [others.some(other => other.name === name), 'is named twice'],
    [isTaken(name), 'is a name the run itself uses'],
    [
      startsSft && name === METHODS.sft.name && propose.kind !== 'solutions',
      'is a name the run itself uses: a method starts from SFT on human solutions',
    ],
    [iterations !== 1, 'has several iterations; an arm has one. Give it a run of its own'],
    [stop === 'as-first-iteration' && method.stop !== 'validation', 'follows the first iteration, which does not choose its epochs'],
    [
      propose.kind === 'reuse' && method.propose.kind !== 'sample',
      `needs samples to choose from, but ${method.name} samples nothing of the kind`,
    ],
    [
      propose.kind === 'reuse' && method.batchProblems > 0,
      `needs the samples of a whole iteration, but ${method.name} works in mini-batches`,
    ],
  ];
  return wrong.flatMap(([isWrong, says]) => (isWrong ? [{ field: `arms.${i}`, message: `${name} ${says}` }] : []));
}
