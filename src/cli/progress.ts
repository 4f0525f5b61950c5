// What a run shows while it works: rate, time left, share solved, loss. On a terminal one line is written over and over and what is done scrolls
// up; elsewhere (a file, CI) plain lines, those of work under way at most every ten seconds.
import { count, duration, percent, withInterval } from '../report/words.ts';
import type { RunEvent } from '../runs/events.ts';
import type { Context } from './command.ts';
import { type Eta, trackTime } from './eta.ts';

/** `lasting` lines stay; the others are the present state of the work. */
interface Said {
  readonly text: string;
  readonly lasting: boolean;
}

interface Memory {
  readonly eta: Eta;
  clock(): number;
  /** Share of problems solved in the present stage, of the last wave. */
  solved: string | null;
  lastStep: { readonly at: number; readonly tokens: number } | null;
}

const PHASE_WORDS: Readonly<Record<string, string>> = {
  train: 'sampling the training problems',
  'test-greedy': 'test problems, greedy',
  test: 'test problems, sampled',
  'train-greedy': 'training problems, greedy',
  'train-eval': 'training problems, sampled',
  fit: 'fitting',
};
const phaseWords = (phase: string) => PHASE_WORDS[phase] ?? 'checking on the validation problems';

const stays = (text: string): Said => ({ text, lasting: true });
const passes = (parts: readonly (string | null)[]): Said => ({ text: parts.filter(p => p !== null).join(' · '), lasting: false });

const rate = (tokens: number, seconds: number) => (seconds > 0 && tokens > 0 ? `${count(tokens / seconds)} tokens/s` : null);

function timeLeft(eta: Eta): string | null {
  const left = eta.left();
  return left && `${left.isFloor ? 'more than ' : ''}${duration(left.seconds)} left`;
}

const solvedWords = (solved: number, problems: number) =>
  problems > 0 ? `${percent(solved / problems)} % of ${count(problems)} problems solved` : null;

type Words = { readonly [K in RunEvent['kind']]: (event: Extract<RunEvent, { kind: K }>, memory: Memory) => Said | null };

const WORDS: Words = {
  start: e => stays(`${e.run}: ${e.resumed ? 'goes on where it was' : 'starts'}`),
  sandbox: e => stays(`programs are run in ${e.backend}: ${e.enforced.join(', ')}`),
  note: e => stays(`note: ${e.message}`),
  stage: (e, memory) => {
    memory.solved = null;
    memory.lastStep = null;
    return passes([e.policy, phaseWords(e.phase), e.phase === 'fit' ? null : `${count(e.done)} of ${count(e.of)}`]);
  },
  progress: (e, memory) =>
    passes([
      e.policy,
      phaseWords(e.phase),
      `${count(e.done)} of ${count(e.of)}`,
      rate(e.tokens, e.seconds),
      memory.solved,
      timeLeft(memory.eta),
    ]),
  wave: (e, memory) => {
    memory.solved = solvedWords(e.solved, e.problems);
    const failed = e.failed > 0 ? `${count(e.failed)} not judged: the verifier failed` : null;
    return passes([
      e.policy,
      phaseWords(e.phase),
      `${count(e.done)} of ${count(e.of)}`,
      rate(e.tokens, e.seconds),
      memory.solved,
      failed,
      timeLeft(memory.eta),
    ]);
  },
  selected: e =>
    stays(
      `${e.policy}: ${count(e.kept)} rows to train on; ${count(e.correct)} of ${count(e.samples)} samples correct, ${solvedWords(e.solved, e.problems) ?? 'no problem asked'}`,
    ),
  step: (e, memory) => {
    const now = memory.clock();
    const pace = memory.lastStep && rate(e.tokens, (now - memory.lastStep.at) / 1000);
    memory.lastStep = { at: now, tokens: e.tokens };
    return passes([
      e.policy,
      `fitting, step ${count(e.step)} of ${count(e.steps)}`,
      `loss ${e.loss.toFixed(4)}`,
      pace,
      timeLeft(memory.eta),
    ]);
  },
  epoch: e => {
    const reward = e.validation === null ? '' : `, ${percent(e.validation)} % of the validation problems`;
    return stays(
      `${e.policy}: epoch ${e.epoch} of ${e.epochs}, loss ${e.loss.toFixed(4)}${reward}${e.kept ? ', kept' : ''}, ${duration(e.seconds)}`,
    );
  },
  checkpoint: e => stays(`${e.policy}: checkpoint in ${e.dir}`),
  evaluated: e => {
    const greedy = e.greedy ? `greedy ${withInterval(e.greedy)} %` : 'nothing judged';
    return stays(
      `${e.policy}: ${greedy} of ${count(e.problems)} ${e.split} problems${e.failed > 0 ? `, ${count(e.failed)} not judged` : ''}`,
    );
  },
  dynamics: e => {
    const nats = (name: string, value: number | null) => (value === null ? null : `${name} ${value.toFixed(2)}`);
    const said = [nats('bound on training problems', e.train), nats('on held-out ones', e.held_out), nats('KL from the base', e.kl)];
    const known = said.filter(part => part !== null);
    return known.length === 0 ? null : stays(`${e.policy}: ${known.join(', ')} nats`);
  },
  end: () => null,
};

/** The words for an event; null where there is nothing to say. */
export function describe(event: RunEvent, memory: Memory): Said | null {
  const words = WORDS[event.kind] as (event: RunEvent, memory: Memory) => Said | null;
  return words(event, memory);
}

const PLAIN_EVERY_MS = 10_000;
const LIVE_EVERY_MS = 100;
const CLEAR = '\r\u001b[2K';

export interface Progress {
  onEvent(event: RunEvent): void;
  /** Takes the live line away. */
  close(): void;
}

/** Shows events on standard error. `isQuiet` keeps notes only. */
export function showProgress(context: Context, { isQuiet = false } = {}): Progress {
  const memory: Memory = { eta: trackTime(), clock: context.clock, solved: null, lastStep: null };
  let shownAt = Number.NEGATIVE_INFINITY;
  let isLive = false;
  const clear = () => {
    if (isLive) context.err(CLEAR);
    isLive = false;
  };

  function onEvent(event: RunEvent): void {
    memory.eta.see(event);
    const said = describe(event, memory);
    if (said === null || (isQuiet && event.kind !== 'note')) return;
    if (said.lasting) {
      clear();
      context.err(`${said.text}\n`);
      return;
    }
    const now = context.clock();
    if (now - shownAt < (context.isTerminal ? LIVE_EVERY_MS : PLAIN_EVERY_MS)) return;
    shownAt = now;
    isLive = context.isTerminal;
    context.err(context.isTerminal ? CLEAR + said.text.slice(0, context.columns - 1) : `${said.text}\n`);
  }
  return { onEvent, close: clear };
}
