// The learning rate of a step: rises linearly over the warm-up steps, then stays, or falls linearly or along a cosine, to reach zero one step after the last.

export type Schedule = 'constant' | 'linear' | 'cosine';

const decays: Readonly<Record<Schedule, (x: number) => number>> = {
  constant: () => 1,
  linear: x => 1 - x,
  cosine: x => 0.5 * (1 + Math.cos(Math.PI * x)),
};

/** The rate of step 1..steps. */
export function learningRateAt(step: number, options: { peak: number; warmupSteps: number; steps: number; schedule: Schedule }): number {
  const { peak, warmupSteps, steps, schedule } = options;
  if (step <= warmupSteps) return (peak * step) / warmupSteps;
  return peak * decays[schedule]((step - 1 - warmupSteps) / Math.max(1, steps - warmupSteps));
}
