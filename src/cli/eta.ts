// How long a run will still take, from what it has taken: seconds per completion and seconds per epoch, over the work that is left. A greedy completion
// is alone behind its prompt, sampled ones share theirs, so the two have paces of their own (measured: a factor of ten for a small model).
// No guess before there is something to measure; no clock of its own (events carry their seconds).
import type { RunEvent, Stage } from '../runs/events.ts';

/** What is timed apart. */
type Work = 'greedy' | 'sampled' | 'epochs';
const workOf = (phase: Stage['phase']): Work => (phase === 'fit' ? 'epochs' : phase.endsWith('greedy') ? 'greedy' : 'sampled');

interface Left {
  readonly work: Work;
  readonly units: number;
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

export function trackTime(): Eta {
  const stages = new Map<string, Left>();
  const paces: Readonly<Record<Work, Pace>> = {
    greedy: { seconds: 0, units: 0 },
    sampled: { seconds: 0, units: 0 },
    epochs: { seconds: 0, units: 0 },
  };
  const keyOf = (stage: Pick<Stage, 'policy' | 'phase'>) => `${stage.policy}/${stage.phase}`;
  const isCounted = (phase: Stage['phase']) => !phase.startsWith('validation');
  const leave = (stage: Pick<Stage, 'policy' | 'phase'>, units: number) => {
    if (isCounted(stage.phase)) stages.set(keyOf(stage), { work: workOf(stage.phase), units });
  };
  const time = (work: Work, seconds: number, units: number) => {
    paces[work].seconds += seconds;
    paces[work].units += units;
  };

  function see(event: RunEvent): void {
    if (event.kind === 'start') for (const s of event.stages) leave(s, s.epochs ?? s.completions ?? 0);
    if (event.kind === 'stage' || event.kind === 'progress' || event.kind === 'wave') leave(event, event.of - event.done);
    if (event.kind === 'wave' && isCounted(event.phase)) time(workOf(event.phase), event.seconds, event.completions);
    if (event.kind === 'epoch') {
      time('epochs', event.seconds, 1);
      leave({ policy: event.policy, phase: 'fit' }, event.epochs - event.epoch);
    }
    if (event.kind === 'checkpoint') stages.delete(`${event.policy}/fit`); // early stopping leaves epochs undone
  }

  /** Seconds a unit takes; a kind of sampling that has not been timed is taken to be as slow as the other. */
  function paceOf(work: Work): number | null {
    const { seconds, units } = paces[work].units > 0 || work === 'epochs' ? paces[work] : paces[work === 'greedy' ? 'sampled' : 'greedy'];
    return units > 0 ? seconds / units : null;
  }

  function left() {
    let seconds = 0;
    let isFloor = false;
    for (const { work, units } of stages.values()) {
      const pace = paceOf(work);
      if (pace !== null) seconds += pace * units;
      else if (units > 0) isFloor = true;
    }
    return paceOf('sampled') === null ? null : { seconds, isFloor };
  }
  return { see, left };
}
