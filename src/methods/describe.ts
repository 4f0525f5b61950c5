// Methods in words, from their data: what `rest-em methods` prints and docs/methods.md holds. A phrase a kind, so that a new kind without words does
// not compile. Nothing is said of a method here that its row does not say.
import type { Distinct, Method, Propose, Weigh } from './method.ts';

type Phrases<T extends { readonly kind: string }> = { readonly [K in T['kind']]: (of: Extract<T, { kind: K }>) => string };

const say = <T extends { readonly kind: string }>(phrases: Phrases<T>, of: T): string =>
  (phrases[of.kind as T['kind']] as unknown as (of: T) => string)(of);

interface Drawing {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
}

const drawing = ({ temperature, topK, topP }: Drawing): string =>
  `T ${temperature}${topK > 0 ? `, top-k ${topK}` : ''}${topP < 1 ? `, top-p ${topP}` : ''}`;

const PROPOSE: Phrases<Propose> = {
  sample: of => `${of.samplesPerProblem} samples at ${drawing(of)}`,
  greedy: ({ hint }) => (hint === 'failed' ? 'greedy; where wrong, greedy again with the answer as a hint' : 'greedy'),
  search: of => `tree search within the tokens of ${of.samplesPerProblem} samples, ${drawing(of)}, c ${of.exploration}`,
  solutions: () => 'nothing',
  reuse: () => "the first iteration's samples",
};

const WEIGH: Phrases<Weigh> = {
  correct: ({ keepPerProblem }) => (keepPerProblem === 0 ? 'correct' : `correct, at most ${keepPerProblem} a problem`),
  above: ({ thresholds }) => `r > ${thresholds.join(', ')}, one after the other`,
  exponential: ({ beta, unsolved }) => `exp(r / ${beta})${unsolved === 'drop' ? ', unsolved problems dropped' : ''}`,
  best: ({ unsolved }) => `the best one${unsolved === 'drop' ? ', unsolved problems dropped' : ''}`,
  replay: ({ rowsPerProblem }) => `${rowsPerProblem} drawn from the correct ones`,
  random: ({ keepPerProblem }) =>
    keepPerProblem === 0 ? 'as many as are correct, drawn from all' : `as many as are correct up to ${keepPerProblem}, drawn from all`,
  all: () => 'all',
};

const DISTINCT: Phrases<Distinct> = {
  none: () => '',
  exact: ({ within }) => (within === 'global' ? 'no text twice for a prompt' : 'no text twice for a problem'),
  normalised: ({ within }) => `no text twice for a ${within === 'global' ? 'prompt' : 'problem'}, case and blanks apart`,
  equations: () => 'equations true, one a list of equations',
};

const SOLUTIONS: Readonly<Record<Method['memory']['solutions'], string>> = {
  none: '',
  added: 'human solutions',
  weighed: 'human solutions, filtered alike',
};

const STOP: Readonly<Record<Method['stop'], (method: Method) => string>> = {
  validation: ({ epochs }) => `until D_val stops rising${epochs === null ? '' : `, ${epochs} epochs at most`}`,
  epochs: ({ epochs }) => (epochs === null ? 'all epochs' : epochs === 1 ? '1 epoch' : `${epochs} epochs`),
  steps: ({ steps }) => `${steps?.first} steps${steps?.growth === 1 ? '' : ` × ${steps?.growth} each time`}`,
  'as-first-iteration': () => 'as long as the first iteration',
};

const joined = (parts: readonly string[], by = ', '): string => parts.filter(part => part !== '').join(by);

/** The columns of the table. */
const COLUMNS: Readonly<Record<string, (method: Method) => string>> = {
  method: ({ name }) => name,
  proposes: ({ propose, start }) =>
    say(PROPOSE, propose) + (start === 'sft' && propose.kind !== 'solutions' ? ', of an SFT model first' : ''),
  keeps: ({ weigh, distinct, balance }) =>
    joined([say(WEIGH, weigh), say(DISTINCT, distinct), balance === 'problems' ? 'problems count alike' : '']),
  'learns from': ({ propose, memory }) =>
    joined(
      [propose.kind === 'solutions' ? '' : memory.samples === 'all' ? 'all rounds' : 'this round', SOLUTIONS[memory.solutions]],
      ' + ',
    ),
  'M-step': method =>
    joined([
      `from ${method.fitFrom === 'base' ? 'the base' : 'the weights before'}`,
      STOP[method.stop](method),
      method.learningRateFactor === 1 ? '' : `learning rate × ${method.learningRateFactor} each further one`,
    ]),
  rounds: ({ iterations, patience, batchProblems }) =>
    joined([
      patience === 0 ? `${iterations}` : `${iterations} at most, until ${patience} without a gain`,
      batchProblems === 0 ? '' : `in mini-batches of ${batchProblems} problems`,
    ]),
  paper: ({ title, paper }) => `${title}: ${paper}`,
};

/** A method as JSON: its name and title, its paper, and every setting. */
export function methodJson({ name, title, paper, ...settings }: Method) {
  return { name, title, paper, settings };
}

/** The table of methods in Markdown. */
export function methodsMarkdown(methods: readonly Method[]): string {
  const lines = [
    Object.keys(COLUMNS),
    Object.keys(COLUMNS).map(() => '---'),
    ...methods.map(method => Object.values(COLUMNS).map(cell => cell(method))),
  ];
  return lines.map(cells => `| ${cells.join(' | ')} |\n`).join('');
}

/** The same for a terminal: a paragraph a method. */
export function methodsText(methods: readonly Method[]): string {
  const width = Math.max(...Object.keys(COLUMNS).map(name => name.length));
  const { method: _, ...columns } = COLUMNS;
  const paragraph = (method: Method) =>
    [method.name, ...Object.entries(columns).map(([name, cell]) => `  ${name.padEnd(width)}  ${cell(method)}`)].join('\n');
  return `${methods.map(paragraph).join('\n\n')}\n`;
}
