// Which device an engine gets: the one that was named, if it holds in a trial; or, for 'auto', the first of cuda, webgpu and cpu that does. Whatever is
// chosen is said in one line, with why the others were not taken.
import { ConfigError } from '../../errors.ts';
import { DEVICE_NAMES, DEVICES, type Device, type DeviceChoice } from './devices.ts';
import { placementWords } from './placement.ts';
import type { Race } from './trial.ts';
import type { Examined } from './try-device.ts';

export interface Chosen {
  readonly device: Device;
  /** For the user, one line; null where there is nothing to say: the CPU was asked for. */
  readonly note: string | null;
}

/** Tries a device; `mustBeFaster`: gives up on one that is slower than the CPU. */
export type Try = (device: Device, mustBeFaster: boolean) => Promise<Examined>;

/** Throws ConfigError (its field: `field`) where a named device does not work here. */
export async function chooseDevice(choice: DeviceChoice, field: string, tryDevice: Try): Promise<Chosen> {
  if (choice === 'cpu') return { device: 'cpu', note: null };
  if (choice === 'auto') return firstThatHolds(tryDevice);
  const examined = await tryDevice(choice, false);
  if (examined.kind === 'works') return { device: choice, note: `device ${choice}: ${worksWords(examined)}` };
  const message = `${choice} cannot be used here: ${whyNot(examined)}; to get it: ${DEVICES[choice].remedy}; or give cpu`;
  throw new ConfigError({ field, message });
}

async function firstThatHolds(tryDevice: Try): Promise<Chosen> {
  const left: string[] = [];
  for (const device of DEVICE_NAMES.filter(name => name !== 'cpu').reverse()) {
    const examined = await tryDevice(device, DEVICES[device].mayBeSoftware);
    if (examined.kind === 'works') return { device, note: [`device ${device}: ${worksWords(examined)}`, ...left].join('; ') };
    left.push(`not ${device}: ${whyNot(examined)}`);
  }
  return { device: 'cpu', note: `device cpu; ${left.join('; ')}` };
}

/** Why a device is not taken. */
export const whyNot = (examined: Exclude<Examined, { kind: 'works' }>): string =>
  examined.kind === 'fails' ? examined.reason : `it is slower than the CPU here, ${raceWords(examined.ms)}`;

/** "3.1 ms where the CPU takes 44 ms" */
export const raceWords = ({ device, cpu }: Race): string => `${milliseconds(device)} where the CPU takes ${milliseconds(cpu)}`;

const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

/** What a device that works was like in its trial. */
export function worksWords({ ms, trial: { placement, differences, inPlace } }: Extract<Examined, { kind: 'works' }>): string {
  return [
    `works in a trial`,
    placementWords(placement),
    `log-probabilities within ${differences.logprobs.toExponential(0)} of the CPU's`,
    `products in ${raceWords(ms)}`,
    ...(inPlace ? [] : ['weights are copied at every step']),
  ].join(', ');
}
