// The child process that runs JavaScript programs. Its worker thread answers requests from standard input, one at a time, on a stack deep enough for
// recursion; its main thread only watches the thread's CPU time, for programs that sit in one native operation and never ask the meter. The parent watches
// the clock. The child reads no file and opens no connection once it says that it is ready, and has an empty environment.
import { readSync, writeSync } from 'node:fs';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { FrameReader, packFrame } from '../bwrap/frames.ts';
import { LARGEST_FRAME } from '../bwrap/limits.ts';
import { newModule, type QuickJSWASMModule } from './module.ts';
import { runCall, runStdio, type Tested } from './one-test.ts';
import { OVERDUE } from './overdue.ts';
import type { Answer, Request } from './protocol.ts';
import { runAsserts } from './two-sides.ts';

const STACK_MB = 64;
const LOOK_MS = 100;
/** Seconds of CPU beyond the limit before the watch takes over from the meter. */
const GRACE_SECONDS = 0.5;
const PIECE = 1 << 16;

const RUNS: Readonly<Record<Request['mode'], (module: QuickJSWASMModule, request: never) => Tested | Promise<Tested>>> = {
  stdio: runStdio,
  call: runCall,
  assert: runAsserts,
};

if (isMainThread) watch();
else await serve();

function watch(): void {
  const thread = new Worker(new URL(import.meta.url), { resourceLimits: { stackSizeMb: STACK_MB }, stdout: true });
  let limit = Number.POSITIVE_INFINITY;
  let before = process.cpuUsage();
  thread.on('message', (seconds: number) => {
    limit = seconds;
    before = process.cpuUsage();
  });
  thread.on('error', error => {
    writeSync(2, `${String(error)}\n`);
    process.exit(1);
  });
  thread.on('exit', code => process.exit(code));
  setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1e6 < limit + GRACE_SECONDS) return;
    writeSync(2, OVERDUE);
    process.kill(process.pid, 'SIGKILL');
  }, LOOK_MS);
}

async function serve(): Promise<void> {
  const reader = new FrameReader();
  const piece = Buffer.alloc(PIECE);
  let module = await newModule();
  write({ ready: true });
  for (let n = readSync(0, piece); n > 0; n = readSync(0, piece)) {
    for (const text of reader.push(Buffer.from(piece.subarray(0, n)))) {
      const request: Request = JSON.parse(text);
      parentPort!.postMessage(request.limits.cpuSeconds);
      const { seen, unsupported } = await RUNS[request.mode](module, request as never);
      parentPort!.postMessage(Number.POSITIVE_INFINITY);
      const answer: Answer = { id: request.id, seen, unsupported, resident: process.memoryUsage.rss() };
      write(fitting(answer));
      // Made now, while the parent thinks. The one that was used is never used again.
      module = await newModule();
    }
  }
}

/** A result that no frame can hold is the program's fault. */
function fitting(answer: Answer): Answer {
  if (JSON.stringify(answer).length * 3 <= LARGEST_FRAME || packFrame(answer).length <= LARGEST_FRAME) return answer;
  const tooLarge = answer.seen.map(({ value: _value, argumentsAfter: _after, ...seen }) => ({
    ...seen,
    stdout: '',
    end: 'protocol_error' as const,
    detail: 'the result is too large',
  }));
  return { ...answer, seen: tooLarge };
}

function write(message: object): void {
  const frame = packFrame(message);
  for (let at = 0; at < frame.length; ) at += writeSome(frame, at);
}

/** The pipe may be one that does not wait for its reader. */
function writeSome(frame: Buffer, at: number): number {
  try {
    return writeSync(1, frame, at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    return 0;
  }
}
