// The thread the engine lives in. One request at a time, in the order they come; one that serves a model has an inbox for what comes meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import { Engine } from './engine.ts';
import { Inbox } from './inbox.ts';
import type { LiveAsk } from './live-messages.ts';
import { type Aside, type Method, packError, type Reply, type Request, type WorkerStart } from './protocol.ts';

const { options, abort } = workerData as WorkerStart;
const flag = new Int32Array(abort);
const engine = new Engine(options, () => Atomics.load(flag, 0) === 1);
const port = parentPort!;
const inbox = new Inbox<LiveAsk>();

/** Which argument of a method is its progress callback. */
const PROGRESS: Readonly<Partial<Record<Method, number>>> = { sample: 3, fitEpoch: 0, live: 3 };
/** Progress is told at most this often, in milliseconds. */
const PROGRESS_INTERVAL = 100;

async function serve({ id, method, args }: Request): Promise<void> {
  const reply = (message: Reply) => port.postMessage(message);
  const all = method === 'live' ? [...args, inbox] : [...args];
  const at = PROGRESS[method];
  /** The last progress, where nobody has heard of it yet. */
  const untold: Reply[] = [];
  if (at !== undefined) {
    let last = 0;
    all[at] = (progress: unknown) => {
      // Steps of a fit are told one by one; a sampler's steps come by the thousand.
      const now = performance.now();
      const told: Reply = { id, kind: 'progress', progress };
      untold.length = 0;
      if (method === 'sample' && now - last < PROGRESS_INTERVAL) untold.push(told);
      else {
        last = now;
        reply(told);
      }
    };
  }
  try {
    const call = engine[method].bind(engine) as (...values: unknown[]) => Promise<unknown>;
    const result = await call(...all);
    for (const told of untold) reply(told);
    reply({ id, kind: 'result', result });
  } catch (error) {
    reply({ id, kind: 'error', error: packError(error) });
  }
}

let tail: Promise<void> = Promise.resolve();
port.on('message', (message: Request | Aside) => {
  if ('ask' in message) inbox.push(message.ask);
  else tail = tail.then(() => serve(message));
});
