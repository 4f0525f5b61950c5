// rest-em doctor devices: every device but the CPU, which is always there, is tried afresh, whatever that takes, and what came of it is told. Exit code 0
// in any case: a machine without a GPU is no fault.
import type { Examined } from '../config/device.ts';
import type { CliCommand } from './command.ts';
import { whole } from './options.ts';

export const doctorDevices: CliCommand = {
  name: 'devices',
  summary: 'try every device that the engine could compute on',
  declare: command =>
    command.option('--json', 'print JSON').option('--threads <count>', 'threads of the CPU it is compared with', whole(1)),
  async act(_, options, context) {
    const { DEVICE_CHOICES, deviceRemedy, deviceWords, examineDevice } = await import('../config/device.ts');
    const { threadsOf } = await import('./engine.ts');
    const examined: Record<string, unknown> = { cpu: { kind: 'works' } };
    if (!options.json) context.out('cpu: works, it is what the others are compared with\n');
    for (const device of DEVICE_CHOICES) {
      if (device === 'cpu' || device === 'auto') continue;
      context.err(`trying ${device}\n`);
      const found: Examined = await examineDevice(device, threadsOf(options));
      examined[device] = found.kind === 'fails' ? { ...found, remedy: deviceRemedy(device) } : found;
      if (!options.json) context.out(deviceWords(device, found));
    }
    if (options.json) context.out(`${JSON.stringify(examined, null, 2)}\n`);
  },
};
