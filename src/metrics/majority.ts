// maj@k of one problem (self-consistency, Wang et al. 2022): k samples vote with their answers, and the most frequent answer is judged.
// Samples without an answer do not vote. Ties go to the answer seen first. An answer is right if any sample that gave it was judged correct.
// At k = n there is one vote, counted in draw order. At k < n the figure is the EXACT mean over all ordered draws of k out of n, not the
// first k draws: every draw counts and nothing is thrown away. Over all orders each of t tied answers is first equally often, hence 1/t.

export interface Ballot {
  readonly correct: boolean;
  /** As the verifier read it; equal answers are equal strings. */
  readonly answer: string | null;
}

/** Above this C(n, k) leaves the range of a double. */
const MOST_SAMPLES = 1000;

/** In [0, 1]; undefined where there are fewer than k samples. */
export function majorityAtK(samples: readonly Ballot[], k: number): number | undefined {
  if (k < 1 || samples.length < k) return undefined;
  if (samples.length > MOST_SAMPLES) throw new RangeError(`maj@k counts at most ${MOST_SAMPLES} samples a problem, not ${samples.length}`);
  const classes = classesOf(samples);
  if (k === samples.length) return majorityIsRight(classes) ? 1 : 0;
  return expectedMajority(classes, samples.length, k);
}

/** Whether votes can be counted at all: where a correct sample names no answer (programs, say), there is nothing to vote with. */
export const hasVotes = (samples: readonly Ballot[]): boolean => samples.every(s => !s.correct || s.answer !== null);

interface AnswerClass {
  count: number;
  right: boolean;
}

/** In the order in which the answers were first seen. */
function classesOf(samples: readonly Ballot[]): AnswerClass[] {
  const classes = new Map<string, AnswerClass>();
  for (const { answer, correct } of samples) {
    if (answer === null) continue;
    const known = classes.get(answer);
    if (known === undefined) classes.set(answer, { count: 1, right: correct });
    else {
      known.count += 1;
      known.right ||= correct;
    }
  }
  return [...classes.values()];
}

function majorityIsRight(classes: readonly AnswerClass[]): boolean {
  const most = Math.max(...classes.map(c => c.count));
  return classes.find(c => c.count === most)?.right ?? false;
}

/** Sums over the winner's number of votes, and over how many answers share it: right ones among them / all of them. */
function expectedMajority(classes: readonly AnswerClass[], n: number, k: number): number {
  const silent = n - classes.reduce((sum, c) => sum + c.count, 0);
  const most = Math.min(k, Math.max(0, ...classes.map(c => c.count)));
  let right = 0;
  for (let votes = 1; votes <= most; votes++) right += drawsWonBy(classes, silent, k, votes);
  return Math.min(1, right / choose(n, k));
}

/** The number of k-subsets in which the most frequent answer has exactly `votes` votes, each weighted by its share of right answers among the tied. */
function drawsWonBy(classes: readonly AnswerClass[], silent: number, k: number, votes: number): number {
  const ties = Math.floor(k / votes);
  // ways[size][tied right][tied wrong], flat: subsets of the answers so far, none with more than `votes` votes
  const side = ties + 1;
  let ways = new Float64Array((k + 1) * side * side);
  ways[0] = 1;
  for (const c of classes) ways = addClass(ways, c, k, votes, side);
  let total = 0;
  for (let size = votes; size <= k; size++) {
    const rest = choose(silent, k - size);
    if (rest === 0) continue;
    for (let r = 1; r <= ties; r++) for (let w = 0; r + w <= ties; w++) total += (rest * ways[(size * side + r) * side + w]! * r) / (r + w);
  }
  return total;
}

function addClass(ways: Float64Array, c: AnswerClass, k: number, votes: number, side: number): Float64Array<ArrayBuffer> {
  const next = new Float64Array(ways.length);
  const most = Math.min(c.count, votes);
  for (let taken = 0; taken <= most; taken++) {
    const times = choose(c.count, taken);
    const tied = taken === votes ? 1 : 0;
    const shift = (taken * side + (c.right ? tied : 0)) * side + (c.right ? 0 : tied);
    for (let size = 0; size + taken <= k; size++)
      for (let r = 0; r < side - (c.right ? tied : 0); r++)
        for (let w = 0; w < side - (c.right ? 0 : tied); w++) {
          const from = (size * side + r) * side + w;
          const count = ways[from]!;
          if (count !== 0) next[from + shift] = next[from + shift]! + count * times;
        }
  }
  return next;
}

/** C(n, k) as a double. */
function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  let value = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) value = (value * (n - Math.min(k, n - k) + i)) / i;
  return value;
}
