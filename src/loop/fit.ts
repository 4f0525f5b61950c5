// The M-step (arXiv 2312.06585, Algorithm 1, Improve): from the start weights, fit the kept rows while the reward on D_val still rises, and keep the
// best checkpoint. The rule is VinePPO's reading: the epochs in order, go on while the greedy reward strictly rises, stop at the first that does
// not, take the last that rose. The start weights are not among them, so one epoch is always saved: whether it helped is for evaluate.ts to say.
// Methods that fit a fixed number of epochs or steps keep the last weights (LIMIT has a row for each way to stop).
// fit.json comes before the checkpoint, the checkpoint whole or not at all; so a checkpoint means done, and without one the fit begins again.
import { stat } from 'node:fs/promises';
import { StoreError } from '../errors.ts';
import type { Method } from '../methods/method.ts';
import type { Fit, FitRow, FitSettings, StepReport } from '../policy/policy.ts';
import { seedOf } from '../random.ts';
import { makeWhole, readIfThere, removeFile, removeWhole, writeWhole } from '../runs/atomic.ts';
import type { RunEvent } from '../runs/events.ts';
import { isPart, iterationOf } from '../runs/layout.ts';
import type { FitFile } from '../runs/rows.ts';
import { isMissing, storing } from '../runs/storing.ts';
import { generate } from './generate.ts';
import type { Plan } from './plan.ts';
import { FIRST, type Round } from './rounds.ts';
import { type Model, note, orStopped, type Session, throwIfStopped } from './session.ts';

const GREEDY = { temperature: 0, topK: 0, topP: 1 };

/** What a fit came to; `model` is null where there was no row to fit. */
export interface Fitted {
  readonly model: Model | null;
  readonly file: FitFile;
}

/** The fit of a round that is done already, or null. */
export async function fittedBefore(session: Session, round: Round): Promise<Fitted | null> {
  const { checkpoint } = session.layout.policy(round.name);
  const file = await readFit(session, round.name);
  if (file === null) return null;
  if (file.epoch_kept === 0) return { file, model: null };
  const isDone = (await isThere(checkpoint)) || (await isSuperseded(session, round));
  return isDone ? { file, model: { name: round.name, iteration: round.iteration, path: checkpoint } } : null;
}

/** The next part began its fit only when this one's checkpoint was there; if it is not there any more, nobody needs it. */
const isSuperseded = async (session: Session, { next }: Round): Promise<boolean> =>
  next !== null && (await readFit(session, next)) !== null;

/** Removes the checkpoint of an earlier part of the iteration, when that of `round` is there. */
export async function dropSuperseded({ layout }: Session, round: Round, previous: Model): Promise<void> {
  const isOfSameIteration = iterationOf(previous.name) === iterationOf(round.name);
  if (isPart(previous.name) && isOfSameIteration) await removeWhole(layout.policy(previous.name).checkpoint);
}

/** Fits `rows` from the weights of `start` and saves the checkpoint. */
export async function fit(session: Session, round: Round, rows: readonly FitRow[], start: Model): Promise<Fitted> {
  const { policy, layout, emit } = session;
  const place = layout.policy(round.name);
  await removeFile(place.fit);
  if (rows.length === 0) return nothingToFit(session, round, start);
  throwIfStopped(session.signal);
  const limit = await LIMIT[round.method.stop](session, round, rows.length);
  await forget(session, round, limit);
  const opened = await policy.fit(start.path, rows, settingsOf(session, round, limit));
  try {
    const course = await climb(session, round, opened, limit);
    const file: FitFile = { policy: round.name, from: start.name, rows: rows.length, steps_per_epoch: opened.stepsPerEpoch, ...course };
    await writeFit(session, round, file);
    await makeWhole(place.checkpoint, temporary => opened.save(temporary));
    emit({ kind: 'checkpoint', policy: round.name, dir: place.checkpoint, epoch: file.epoch_kept });
    return { file, model: { name: round.name, iteration: round.iteration, path: place.checkpoint } };
  } finally {
    await opened.close();
  }
}

interface Limit {
  /** Run at most. */
  readonly epochs: number;
  /** Over so many the learning rate's schedule goes. */
  readonly scheduled: number;
  /** Optimizer steps after which the fit ends, in the middle of an epoch if need be. */
  readonly steps?: number;
  /** When D_val is asked. */
  readonly measures: 'each epoch' | 'the last' | 'never';
}

type LimitOf = (session: Session, round: Round, rows: number) => Promise<Limit>;

const LIMIT: Readonly<Record<Method['stop'], LimitOf>> = {
  validation: async ({ plan, problems }, { method }) => {
    const epochs = epochsOf(plan, method);
    return { epochs, scheduled: epochs, measures: problems.validation.length > 0 ? 'each epoch' : 'never' };
  },
  epochs: async (session, round) => {
    const epochs = epochsOf(session.plan, round.method);
    return { epochs, scheduled: epochs, measures: measuresOf(session, round) };
  },
  steps: async (session, round, rows) => {
    const { method, iteration } = round;
    const { first, growth } = method.steps!; // complaints.ts sees to it
    const steps = Math.floor(first * growth ** (iteration - 1));
    const epochs = Math.ceil(steps / Math.ceil(rows / session.plan.fit.batchSize));
    return { epochs, scheduled: epochs, steps, measures: measuresOf(session, round) };
  },
  'as-first-iteration': async session => {
    const first = await readFit(session, FIRST);
    if (first === null)
      throw new StoreError(`${session.layout.policy(FIRST).fit} is gone, though ${FIRST} is done: the run directory was changed`);
    return { epochs: first.epoch_kept, scheduled: epochsOf(session.plan, session.plan.method), measures: 'never' };
  },
};

/** Epochs of an M-step: the method's, or the configuration's where it says none. */
export const epochsOf = (plan: Plan, method: Method): number => method.epochs ?? plan.fit.epochs;

/** A fit of fixed length asks D_val only for the sake of the method's patience. */
const measuresOf = ({ problems }: Session, { method, next }: Round): Limit['measures'] =>
  method.patience > 0 && next === null && problems.validation.length > 0 ? 'the last' : 'never';

const settingsOf = ({ plan }: Session, { name, method, improve }: Round, { scheduled, steps }: Limit): FitSettings => ({
  ...plan.fit,
  epochs: scheduled,
  learningRate: plan.fit.learningRate * method.learningRateFactor ** improve,
  ...(steps !== undefined && { maxSteps: steps }),
  seed: seedOf(plan.seed, 'fit', name),
});

async function readFit({ layout }: Session, name: string): Promise<FitFile | null> {
  const text = await readIfThere(layout.policy(name).fit);
  return text === null ? null : (JSON.parse(text) as FitFile);
}

type Course = Pick<FitFile, 'epochs_run' | 'epoch_kept' | 'losses' | 'validation'>;

async function climb(session: Session, round: Round, opened: Fit, { epochs, measures }: Limit): Promise<Course> {
  const { emit, clock, signal } = session;
  emit({ kind: 'stage', policy: round.name, phase: 'fit', done: 0, of: epochs });
  const losses: number[] = [];
  const validation: number[] = [];
  const isClimb = measures === 'each epoch';
  let epochKept = 0;
  for (let epoch = 1; epoch <= epochs && (!isClimb || epochKept === epoch - 1); epoch++) {
    const began = clock();
    const { loss, tokens } = await orStopped(
      signal,
      opened.epoch(step => emit(stepEvent(round, step)), signal),
    );
    const seconds = (clock() - began) / 1000;
    losses.push(loss);
    const isLast = epoch === epochs;
    const reward = isClimb || (measures === 'the last' && isLast) ? await rewardOnValidation(session, round, opened, epoch) : null;
    const isKept = isClimb ? reward! > (validation.at(-1) ?? Number.NEGATIVE_INFINITY) : isLast;
    if (reward !== null) validation.push(reward);
    if (isKept) epochKept = epoch;
    if (isKept && isClimb) await opened.keep(); // without one, the last weights are saved
    emit({ kind: 'epoch', policy: round.name, epoch, epochs, loss, tokens, seconds, validation: reward, kept: isKept });
  }
  return { epochs_run: losses.length, epoch_kept: epochKept, losses, validation };
}

const stepEvent = (round: Round, { step, steps, loss, gradNorm, learningRate, tokens }: StepReport): RunEvent => ({
  kind: 'step',
  policy: round.name,
  step,
  steps,
  loss,
  grad_norm: gradNorm,
  learning_rate: learningRate,
  tokens,
});

/** Mean greedy reward on D_val of the weights as they are now. */
async function rewardOnValidation(session: Session, round: Round, opened: Fit, epoch: number): Promise<number> {
  const { problems, plan, signal } = session;
  const { reward, completions, failed } = await generate(session, {
    folder: round.name,
    phase: `validation-${epoch}`,
    iteration: round.iteration,
    policy: `${round.name}@epoch-${epoch}`,
    problems: problems.validation,
    prompt: plan.task.prompts.train,
    draws: 1,
    settings: GREEDY,
    sample: (requests, settings) => orStopped(signal, opened.sample(requests, settings, signal)),
  });
  if (completions === failed) throw new Error(`${round.name}: the verifier failed on every sample of D_val, so nobody knows when to stop`);
  return reward / (completions - failed);
}

/** A fit that was cut off begins again from its start, so what it measured on the way is measured again. */
async function forget({ layout }: Session, round: Round, { epochs }: Limit): Promise<void> {
  for (let epoch = 1; epoch <= epochs; epoch++) await removeFile(layout.policy(round.name).samples(`validation-${epoch}`));
}

async function nothingToFit(session: Session, round: Round, start: Model): Promise<Fitted> {
  const file: FitFile = {
    policy: round.name,
    from: start.name,
    rows: 0,
    steps_per_epoch: 0,
    epochs_run: 0,
    epoch_kept: 0,
    losses: [],
    validation: [],
  };
  await writeFit(session, round, file);
  note(session, `${round.name}: no row to fit (no sample was good enough), so its policy is still ${start.name}`);
  return { file, model: null };
}

const writeFit = ({ layout }: Session, round: Round, file: FitFile): Promise<void> =>
  writeWhole(layout.policy(round.name).fit, `${JSON.stringify(file, null, 2)}\n`);

const isThere = (path: string): Promise<boolean> =>
  storing(`looking for ${path}`, async () => {
    try {
      await stat(path);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  });
