// How the M-steps went: the training loss over steps, and the reward on D_val after each epoch with the epoch that was kept.
// A loss jumps from step to step, so what is drawn is the mean of neighbouring steps; how many is said.
import type { Html } from './escape.ts';
import { type Axis, type Frame, line, lineLabels, marker, niceAxis, picture } from './plot.ts';
import { iterationOf, type Look, labelOf, lookOf, shortLabelOf } from './policies.ts';
import type { RunFacts } from './read-run.ts';
import { percent } from './words.ts';

const POINTS = 60;

interface Curve {
  readonly policy: string;
  readonly look: Look;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const looksOf = (run: RunFacts): ((policy: string) => Look) => {
  const iterations = run.policies.filter(p => iterationOf(p.policy) !== null).length;
  return policy => lookOf(policy, iterations);
};

/** null before the first step. */
export function lossPicture(run: RunFacts): Html | null {
  const look = looksOf(run);
  const longest = Math.max(0, ...[...run.events.steps.values()].map(steps => steps.length));
  if (longest === 0) return null;
  const bin = Math.ceil(longest / POINTS);
  const curves = [...run.events.steps].map(([policy, steps]) => ({ policy, look: look(policy), points: binned(steps, bin) }));
  const ys = curves.flatMap(c => c.points.map(p => p.y));
  const frame: Frame = {
    x: stepAxis(Math.max(...curves.flatMap(c => c.points.map(p => p.x)))),
    y: niceAxis(Math.min(...ys), Math.max(...ys), 'loss, nats', v => String(Math.round(v * 1000) / 1000)),
    right: 108,
  };
  const ends = curves.map(c => `${labelOf(c.policy)} from ${c.points[0]!.y.toFixed(3)} to ${c.points.at(-1)!.y.toFixed(3)}`).join(', ');
  const marks = [...curves.map(c => line(frame, c.points, c.look, 'thin')), ...endLabels(frame, curves)];
  return picture(
    'Training loss of each M-step',
    `Training loss: ${ends}.`,
    frame,
    marks,
    bin === 1 ? 'every step' : `mean of ${bin} steps`,
  );
}

/** Ends at the last step, not at the next round number: the lines end there and so do their labels. */
function stepAxis(last: number): Axis {
  const axis = niceAxis(0, last, 'optimizer step', String);
  return { ...axis, high: last, ticks: axis.ticks.filter(t => t.at <= last) };
}

function binned(steps: readonly { readonly step: number; readonly loss: number }[], bin: number): { x: number; y: number }[] {
  return Array.from({ length: Math.ceil(steps.length / bin) }, (_, i) => {
    const own = steps.slice(i * bin, (i + 1) * bin);
    return { x: own.at(-1)!.step, y: own.reduce((sum, s) => sum + s.loss, 0) / own.length };
  });
}

const endLabels = (frame: Frame, curves: readonly Curve[]): Html[] =>
  lineLabels(
    frame,
    curves.map(c => ({ ...c.points.at(-1)!, text: shortLabelOf(c.policy), look: c.look })),
  );

/** Epochs as events tell them while a fit is under way, as fit.json does afterwards. */
export function validationOf(run: RunFacts, policy: string): { readonly rewards: readonly number[]; readonly kept: number | null } {
  const fit = run.policies.find(p => p.policy === policy)?.fit ?? null;
  if (fit !== null) return { rewards: fit.validation, kept: fit.epoch_kept };
  const epochs = run.events.epochs.get(policy) ?? [];
  return { rewards: epochs.flatMap(e => e.validation ?? []), kept: epochs.findLast(e => e.kept)?.epoch ?? null };
}

/** null without D_val. */
export function validationPicture(run: RunFacts): Html | null {
  const look = looksOf(run);
  const fitted = [...new Set([...run.policies.filter(p => p.fit !== null).map(p => p.policy), ...run.events.epochs.keys()])];
  const curves = fitted
    .map(policy => ({ policy, look: look(policy), ...validationOf(run, policy) }))
    .filter(c => c.rewards.length > 0)
    .map(c => ({ ...c, points: c.rewards.map((y, i) => ({ x: i + 1, y })) }));
  if (curves.length === 0) return null;
  const epochs = Math.max(...curves.map(c => c.points.length));
  const ys = curves.flatMap(c => c.rewards);
  const frame: Frame = {
    x: {
      low: 0.8,
      high: epochs + 0.2,
      ticks: Array.from({ length: epochs }, (_, i) => ({ at: i + 1, label: String(i + 1) })),
      title: 'epoch',
    },
    y: niceAxis(Math.min(...ys), Math.max(...ys), 'D_val reward, % (greedy)', v => String(Math.round(v * 1000) / 10)),
    right: 108,
  };
  const marks = curves.flatMap(c => [
    line(frame, c.points, c.look, 'thin'),
    ...c.points.map(p => marker(frame, p.x, p.y, c.look, p.x !== c.kept)),
  ]);
  const said = curves.map(c => `${labelOf(c.policy)}: ${c.rewards.map(percent).join(', ')}, epoch ${c.kept} kept`).join('. ');
  return picture(
    'Reward on D_val after each epoch',
    `Reward on D_val by epoch, in percent. ${said}.`,
    frame,
    [...marks, ...endLabels(frame, curves)],
    'filled: the epoch that was kept',
  );
}
