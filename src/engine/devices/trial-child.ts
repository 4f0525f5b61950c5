// The process a device is tried in: arguments DEVICE THREADS ORDER, one message back (try-device.ts). With the order 'race' a device that loses to the CPU
// is not tried further.
import ort from 'onnxruntime-node';
import type { Device } from './devices.ts';
import { race, trial } from './trial.ts';
import type { Found } from './try-device.ts';

async function found(device: Device, threads: number, isRace: boolean): Promise<Found> {
  const known = (ort as unknown as Bindings).listSupportedBackends().map(({ name }) => name);
  if (!known.includes(device)) return { kind: 'fails', message: `onnxruntime-node has it not on this system, only ${known.join(', ')}` };
  try {
    const ms = await race(device, threads);
    if (isRace && ms.device >= ms.cpu) return { kind: 'slow', ms };
    return { kind: 'ran', ms, trial: await trial(device, threads) };
  } catch (error) {
    return { kind: 'fails', message: error instanceof Error ? error.message : String(error) };
  }
}

/** What onnxruntime-node exports besides its documented types. */
interface Bindings {
  listSupportedBackends(): readonly { readonly name: string; readonly bundled: boolean }[];
}

const [device, threads, order] = process.argv.slice(2);
process.send!(await found(device as Device, Number(threads), order === 'race'), () => process.disconnect());
