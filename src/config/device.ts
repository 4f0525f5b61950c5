// Where the engine of a command runs: the device that was asked for, tried for real before any work. A run's configuration keeps the device that was
// found, not 'auto': its numbers depend on it.
import { chooseDevice, whyNot, worksWords } from '../engine/devices/choose.ts';
import { DEVICE_NAMES, DEVICES, type Device, type DeviceChoice } from '../engine/devices/devices.ts';
import { type Examined, tryDevice } from '../engine/devices/try-device.ts';
import type { Precision } from '../requests.ts';

export type { Device, DeviceChoice, Examined };

export const DEVICE_CHOICES = [...DEVICE_NAMES, 'auto'] as const satisfies readonly DeviceChoice[];

export interface Asked {
  readonly device: DeviceChoice;
  readonly precision: Precision;
  readonly threads: number;
}

export interface EngineDevice {
  readonly device: Device;
  /** To be said aloud. */
  readonly notes: readonly string[];
}

const tried = new Map<string, Promise<Examined>>();

/** What a device was found to be, tried once a process. */
export function examineDevice(device: Device, threads: number, mustBeFaster = false): Promise<Examined> {
  const key = `${device} ${threads} ${mustBeFaster}`;
  const known = tried.get(key) ?? tryDevice(device, { threads, mustBeFaster });
  tried.set(key, known);
  return known;
}

/** How a user gets a device that is missing. */
export const deviceRemedy = (device: Device): string => DEVICES[device].remedy;

/** What was found, for people. */
export function deviceWords(device: Device, found: Examined): string {
  if (found.kind === 'works') return `${device}: ${worksWords(found)}\n`;
  return `${device}: cannot be used here\n  because: ${whyNot(found)}\n  to get it: ${deviceRemedy(device)}\n`;
}

/** Throws ConfigError, about `field`, where the device that was named does not work here. */
export async function engineDevice({ device: choice, precision, threads }: Asked, field = 'engine.device'): Promise<EngineDevice> {
  const { device, note } = await chooseDevice(choice, field, (name, mustBeFaster) => examineDevice(name, threads, mustBeFaster));
  const notes = note === null ? [] : [note];
  if (device === 'cpu' || precision === 'fp32') return { device, notes };
  const split = `sampling in 8 or 4 bits stays on the CPU, scoring and fitting go to ${device}; precision fp32 samples there too`;
  return { device, notes: [...notes, split] };
}
