// The thread of a gradient lane (gradient-lane.ts): problems come, their gradients are added to the shared sums, the loss goes back.
import { parentPort, workerData } from 'node:worker_threads';
import type { LaneReply, LaneStart } from './gradient-lane.ts';
import { Gradients } from './gradients.ts';
import type { PackedProblem } from './packing.ts';
import { packError } from './protocol.ts';

const { config, weights, sums, options } = workerData as LaneStart;
const gradients = new Gradients(config, weights, sums, options);
const port = parentPort!;

port.on('message', async (problems: readonly PackedProblem[]) => {
  const reply = (message: LaneReply) => port.postMessage(message);
  try {
    reply({ loss: await gradients.accumulate(problems) });
  } catch (error) {
    reply({ error: packError(error) });
  }
});
