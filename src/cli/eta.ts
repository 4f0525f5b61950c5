// How long a run will still take, from what it has taken: seconds per completion and seconds per epoch, over the work that is left.
// No guess before there is something to measure; no clock of its own (events carry their seconds).
import type { RunEvent, Stage } from '../runs/events.ts';

interface Left {
  completions: number;
  epochs: number;
}

export interface Eta {
  see(event: RunEvent): void;
  /** Seconds; `isFloor` where fits are still to come and none has been timed. null: nothing measured yet. */
  left(): { readonly seconds: number; readonly isFloor: boolean } | null;
}

interface Pace {
  seconds: number;
  units: number;
}

const secondsFor = (pace: Pace, units: number) => (pace.units === 0 ? null : (pace.seconds / pace.units) * units);

export function trackTime(): Eta {
  const stages = new Map<string, Left>();
  const sampling: Pace = { seconds: 0, units: 0 };
  const fitting: Pace = { seconds: 0, units: 0 };
  const keyOf = (stage: Pick<Stage, 'policy' | 'phase'>) => `${stage.policy}/${stage.phase}`;
  const isCounted = (phase: Stage['phase']) => !phase.startsWith('validation');

  function see(event: RunEvent): void {
    if (event.kind === 'start') {
      for (const s of event.stages) stages.set(keyOf(s), { completions: s.completions ?? 0, epochs: s.epochs ?? 0 });
    }
    if (event.kind === 'stage' && isCounted(event.phase)) {
      const left = event.of - event.done;
      stages.set(keyOf(event), event.phase === 'fit' ? { completions: 0, epochs: left } : { completions: left, epochs: 0 });
    }
    if (event.kind === 'progress' || event.kind === 'wave') {
      if (isCounted(event.phase)) stages.set(keyOf(event), { completions: event.of - event.done, epochs: 0 });
    }
    if (event.kind === 'wave') {
      sampling.seconds += event.seconds;
      sampling.units += event.completions;
    }
    if (event.kind === 'epoch') {
      fitting.seconds += event.seconds;
      fitting.units += 1;
      stages.set(`${event.policy}/fit`, { completions: 0, epochs: event.epochs - event.epoch });
    }
    if (event.kind === 'checkpoint') stages.delete(`${event.policy}/fit`); // early stopping leaves epochs undone
  }

  function left() {
    const all = [...stages.values()];
    const completions = secondsFor(
      sampling,
      all.reduce((sum, s) => sum + s.completions, 0),
    );
    const epochs = all.reduce((sum, s) => sum + s.epochs, 0);
    const fits = secondsFor(fitting, epochs);
    return completions === null ? null : { seconds: completions + (fits ?? 0), isFloor: fits === null && epochs > 0 };
  }
  return { see, left };
}
