// rest-em doctor sandbox|devices: what works on this machine, found out by trying. Each is a file of its own and a row here.
import type { CliGroup } from './command.ts';
import { doctorDevices } from './doctor-devices.ts';
import { doctorSandbox } from './doctor-sandbox.ts';

export const doctor: CliGroup = {
  name: 'doctor',
  summary: 'what works on this machine, found out by trying',
  commands: [doctorSandbox, doctorDevices],
};
