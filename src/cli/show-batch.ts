// `run --show-batch`: the first row of the first fit, printed before it is fitted; the run then goes on. With --dry-run a row made of a human
// solution, and nothing is done. What is printed is what a wrong template or a
// forgotten end would show in.
import type { Resolved } from '../config/resolve.ts';
import { describeTrainingRow, type Tokenizer } from '../config/training-row.ts';
import type { Policy } from '../policy/policy.ts';

/** What a row of the first problem would be: a dry run draws no samples, so its human solution stands for one. */
export function rowOfSolution({ plan, problems, model }: Resolved): string {
  const problem = problems.train.find(p => p.solution !== undefined);
  if (!problem) return 'note: a dry run draws no samples, and no problem has a human solution, so there is no training row to show\n';
  const completion = problem.solution!;
  return describeTrainingRow(model.tokenizer, { id: problem.id, prompt: plan.task.prompts.train(problem), completion, weight: 1 });
}

/** The policy, printing as its first fit is opened. Rows are fitted in an order drawn from their ids; the first by its id is shown. */
export function showingFirstRow(policy: Policy, tokenizer: Tokenizer, print: (text: string) => void): Policy {
  let isShown = false;
  return {
    ...policy,
    fit: async (model, rows, settings) => {
      const [first] = rows.filter(row => row.weight !== 0).sort((a, b) => (a.id < b.id ? -1 : 1));
      if (!isShown && first) print(describeTrainingRow(tokenizer, first));
      isShown = true;
      return policy.fit(model, rows, settings);
    },
  };
}
