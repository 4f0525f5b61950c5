// The tree of one problem (expert iteration: Anthony et al. 2017, arXiv 1705.08439; step-level search of solutions as in Polu et al. 2022). A node is
// what is said so far, cut where a step ends; an edge is a step that the policy sampled. Selection is PUCT (Silver et al. 2017):
//
//   a* = argmax_a  Q(s,a) + c · P(a|s) · sqrt(N(s)) / (1 + N(s,a))
//
// with P(a|s) ∝ p(a|s) of the policy, times the share of what it says behind `a` that is not in the tree yet: a search looks for new solutions. The
// steps of a node cannot be listed. Those not seen stand among the seen ones as one more, whose prior is the probability that is left over and
// whose value is the node's own; at most floor(sqrt(N)) + 1 are asked for at a node (progressive widening), or a policy of many words would
// never go deeper. Numbers only: nothing here samples, judges or counts a budget.

export interface Node {
  readonly parent: Node | null;
  /** The step: its ids, and log p of each given everything before it. */
  readonly tokens: readonly number[];
  readonly logprobs: readonly number[];
  /** log p of the step given what stands before it. */
  readonly logp: number;
  /** Tokens from the prompt's end to the step's end. */
  readonly depth: number;
  readonly children: Map<string, Node>;
  /** Rollouts that went through here, those under way included. */
  visits: number;
  /** Sum of the values of those that came back. */
  value: number;
  /** Steps asked for here: the rollouts that were not led on to a child. */
  tries: number;
  /** Rollouts that came back with a step from here, and how many tokens they had from here on. */
  samples: number;
  tokensBelow: number;
  /** The policy's probability of a solution from here that is not in the tree yet: 1 where nothing is known, 0 at the end of a solution. */
  open: number;
}

/** A rollout: what the policy said from a node to the end. */
export interface Rollout {
  readonly tokens: readonly number[];
  readonly logprobs: readonly number[];
  /** Tokens of each step, together all of them. */
  readonly steps: readonly number[];
}

/** A node with less than this open is left alone: what it still hides would take a hundred rollouts. */
const EXHAUSTED = 0.01;

const nodeOf = (parent: Node | null, tokens: readonly number[], logprobs: readonly number[]): Node => ({
  parent,
  tokens,
  logprobs,
  logp: logprobs.reduce((a, b) => a + b, 0),
  depth: (parent?.depth ?? 0) + tokens.length,
  children: new Map(),
  visits: 0,
  value: 0,
  tries: 0,
  samples: 0,
  tokensBelow: 0,
  open: 1,
});

/** A tree of nothing but the prompt. */
export const newTree = (): Node => nodeOf(null, [], []);

/** From the root to `node`, both included. */
export function pathOf(node: Node): Node[] {
  const path: Node[] = [];
  for (let at: Node | null = node; at !== null; at = at.parent) path.push(at);
  return path.reverse();
}

/** The node the next rollout begins at. Counts a visit without a value on the way (a virtual loss), so that rollouts asked for together spread. */
export function select(root: Node, exploration: number): Node {
  let node: Node = root;
  for (let next = bestOf(node, exploration); next !== null; next = bestOf(node, exploration)) {
    node.visits += 1;
    node = next;
  }
  node.visits += 1;
  node.tries += 1;
  return node;
}

/** Takes a selection back, as if it had not been made. */
export function unselect(node: Node): void {
  for (const each of pathOf(node)) each.visits -= 1;
  node.tries -= 1;
}

/** Whether anything new is likely to be found below. */
export const isOpen = (node: Node): boolean => node.open >= EXHAUSTED;

/** The child to go on to, the first of equals; null: a step not seen yet is worth more, or no child is open. */
function bestOf(node: Node, exploration: number): Node | null {
  const children = [...node.children.values()].filter(isOpen);
  const scoreOf = (prior: number, value: number, visits: number, tries: number): number =>
    (visits > 0 ? value / visits : 0) + (exploration * (prior / node.open) * Math.sqrt(node.visits)) / (1 + tries);
  const mayWiden = node.tries < 1 + Math.floor(Math.sqrt(node.visits));
  let highest = mayWiden ? scoreOf(unseenOf(node), node.value, node.visits, node.tries) : Number.NEGATIVE_INFINITY;
  let best: Node | null = null;
  for (const child of children) {
    const score = scoreOf(Math.exp(child.logp) * child.open, child.value, child.visits, child.visits);
    if (score <= highest) continue;
    best = child;
    highest = score;
  }
  return best;
}

/** The policy's probability of the steps that are not in the tree. */
const unseenOf = (node: Node): number => Math.max(0, 1 - [...node.children.values()].reduce((sum, child) => sum + Math.exp(child.logp), 0));

/** Enters a rollout that began at `from`. Returns its last node and whether that solution is new to the tree. */
export function grow(from: Node, { tokens, logprobs, steps }: Rollout): { readonly end: Node; readonly isNew: boolean } {
  let node = from;
  let at = 0;
  let isNew = false;
  for (const length of steps) {
    countStep(node, tokens.length - at, node === from);
    const ids = tokens.slice(at, at + length);
    const key = ids.join(' ');
    const known = node.children.get(key);
    const child = known ?? nodeOf(node, ids, logprobs.slice(at, at + length));
    if (known === undefined) node.children.set(key, child);
    isNew = known === undefined;
    child.visits += 1;
    node = child;
    at += length;
  }
  if (isNew) reckonOpen(node);
  return { end: node, isNew };
}

/** A step from the node a rollout began at was counted as tried when that node was selected. */
function countStep(node: Node, tokensBelow: number, isTried: boolean): void {
  node.samples += 1;
  node.tokensBelow += tokensBelow;
  if (!isTried) node.tries += 1;
}

/** Adds the value of a rollout to its last node and all before it. */
export function backUp(end: Node, value: number): void {
  for (const node of pathOf(end)) node.value += value;
}

/** Takes the visit of a rollout back whose value nobody knows. */
export function forgetVisit(end: Node): void {
  for (const node of pathOf(end)) if (node.visits > 1 || node.parent === null) node.visits -= 1;
}

/** How many tokens rollouts through this node had from here on, on average; null before the first. */
export const tokensAhead = (node: Node): number | null => (node.samples === 0 ? null : node.tokensBelow / node.samples);

/** A solution ends at `end`: there is nothing behind it, and less is open on the way to it. */
function reckonOpen(end: Node): void {
  end.open = 0;
  for (let node = end.parent; node !== null; node = node.parent)
    node.open = [...node.children.values()].reduce((sum, child) => sum + Math.exp(child.logp) * child.open, unseenOf(node));
}
