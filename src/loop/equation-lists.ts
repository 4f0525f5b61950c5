// RFT's rule (arXiv 2308.01825, section 3): a problem keeps one completion for each distinct list of equations, all of them true. The list is the <<a=b>>
// annotations as they stand, in their order, blanks left out; of a text without any it is the equations we find in it, words left out. So 3+4
// and 4+3 differ, and texts without an equation are one list. Of two completions with the same list the one stays that is less like the
// completions kept so far (the larger sum of edit distances, itself left out); at a draw the one that came first.
// Whether an equation is true says the verifier's own check (verifiers/equations.ts).
import { equationsOf } from '../verifiers/equations.ts';
import type { Candidate, Standing } from './candidate.ts';
import { levenshtein } from './levenshtein.ts';

const ANNOTATION = /<<([^<>\n]*)>>/g;
/** Words and units; a lone x may be a multiplication sign. */
const WORDS = /\p{L}{2,}|[\s$€£]/gu;

/** The list of a text's equations as one key; null where one of them is false. */
export function equationKey(completion: string): string | null {
  const equations = equationsOf(completion);
  if (equations.some(equation => !equation.isTrue)) return null;
  const annotations = [...completion.matchAll(ANNOTATION)].map(match => match[1]!.replaceAll(' ', ''));
  const list = annotations.length > 0 ? annotations : equations.map(({ text }) => text.replace(WORDS, ''));
  return list.join('|');
}

/** One of each list among the samples of one problem, in the order they are given. */
export function distinctEquations(samples: readonly Candidate[]): Standing[] {
  const kept = new Map<string, Candidate[]>(); // by key, the one that stays first
  for (const sample of samples) {
    const key = equationKey(sample.completion);
    if (key === null) continue;
    const same = kept.get(key);
    if (same === undefined) kept.set(key, [sample]);
    else if (isLessLike(sample, same[0]!, kept)) same.unshift(sample);
    else same.push(sample);
  }
  return [...kept.values()].map(([sample, ...others]) => ({ sample: sample!, same: others.map(other => other.id) }));
}

/** Whether `sample` is farther from the others that are kept than the `incumbent` with its list. */
function isLessLike(sample: Candidate, incumbent: Candidate, kept: ReadonlyMap<string, readonly Candidate[]>): boolean {
  if (sample.completion === incumbent.completion) return false;
  const others = [...kept.values()].map(([first]) => first!).filter(first => first !== incumbent);
  const distance = ({ completion }: Candidate) => others.reduce((sum, other) => sum + levenshtein(completion, other.completion), 0);
  return distance(sample) > distance(incumbent);
}
