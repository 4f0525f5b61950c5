// Tries a device in a process of its own, so that a driver that crashes or hangs is a reason and not the end. What is judged here: whether its numbers are
// the CPU's, whether it ran anything at all, and in words a user can use why not.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EngineError, Interrupted } from '../../errors.ts';
import { DEVICES, type Device } from './devices.ts';
import type { Race, Trial } from './trial.ts';

/** What the process of the trial says. */
export type Found =
  | { readonly kind: 'ran'; readonly ms: Race; readonly trial: Trial }
  | { readonly kind: 'slow'; readonly ms: Race }
  | { readonly kind: 'fails'; readonly message: string };

export type Examined =
  | { readonly kind: 'works'; readonly ms: Race; readonly trial: Trial }
  | { readonly kind: 'slow'; readonly ms: Race }
  | { readonly kind: 'fails'; readonly reason: string };

export interface TryOptions {
  readonly threads: number;
  /** Gives up on a device that is slower than the CPU. */
  readonly mustBeFaster: boolean;
  /** A software adapter compiles its kernels for a minute and longer. */
  readonly timeoutMs?: number;
}

/** Largest differences from the CPU that are rounding: absolute for log-probabilities, else as shares of the largest number. Wrong kernels are off by far more. */
const NEAR = { logprobs: 5e-3, gradients: 5e-3, weights: 5e-3 } as const;
const NAMES = { logprobs: 'log-probabilities', gradients: 'gradients', weights: 'updated weights' } as const;

const TIMEOUT_MS = 300_000;
/** Of what the process writes to stderr. */
const KEPT = 16_384;

/** Tries a device for real. Throws Interrupted when the trial was stopped from outside. */
export async function tryDevice(device: Device, options: TryOptions): Promise<Examined> {
  return judged(device, await ask(device, options));
}

/** What is to be thought of what a trial found. */
export function judged(device: Device, found: Found): Examined {
  if (found.kind === 'fails') return { kind: 'fails', reason: found.message };
  if (found.kind === 'slow') return found;
  const { placement, differences } = found.trial;
  if (placement.onDevice === 0) return { kind: 'fails', reason: `none of the nodes ran on ${DEVICES[device].provider}` };
  const wrong = (Object.keys(NEAR) as (keyof typeof NEAR)[]).find(what => !(differences[what] <= NEAR[what]));
  if (wrong === undefined) return { kind: 'works', ms: found.ms, trial: found.trial };
  return { kind: 'fails', reason: `it computes wrong: its ${NAMES[wrong]} are ${differences[wrong].toPrecision(2)} off the CPU's` };
}

function ask(device: Device, { threads, mustBeFaster, timeoutMs = TIMEOUT_MS }: TryOptions): Promise<Found> {
  const file = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './trial-child.ts' : './trial-child.js', import.meta.url));
  const child = fork(file, [device, String(threads), mustBeFaster ? 'race' : 'all'], {
    execArgv: [],
    serialization: 'advanced', // an infinite difference stays one
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT);
  });
  return new Promise((resolve, reject) => {
    let answer: Found | null = null;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('message', message => {
      answer = message as Found;
    });
    child.on('error', cause =>
      reject(new EngineError(`the process that tries ${device} could not be started: ${cause.message}`, { cause })),
    );
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (answer) resolve(answer.kind === 'fails' ? { kind: 'fails', message: reasonOf(answer.message, said) } : answer);
      else if (isLate) resolve({ kind: 'fails', message: `its trial did not end within ${timeoutMs / 1000} s` });
      else if (signal === 'SIGINT' || signal === 'SIGTERM') reject(new Interrupted());
      else resolve({ kind: 'fails', message: reasonOf(`its trial ended with ${signal ?? `code ${code}`}`, said) });
    });
  });
}

/** What is worth knowing of what a provider and its libraries wrote about why they do not start. */
const TELLING = [
  /Failed to load library \S* with error: (?<why>[^\n]*)/,
  /^Warning: (?<why>[^\n]* required\.?)$/m,
  /(?<why>CUDA failure [^\n;]*)/,
];
const LONGEST = 300;

/** A failure of onnxruntime without places in its sources, and with what was said beside it. */
export function reasonOf(message: string, said: string): string {
  const own = message.replace(/^.*was false\. /s, '').replace(/^\/\S+ [^\n]*?(?=\[ONNXRuntimeError\]|CUDA failure)/s, '');
  const beside = TELLING.flatMap(pattern => pattern.exec(said)?.groups?.why ?? []).filter(why => !own.includes(why));
  const text = [own, ...beside].map(part => part.trim().replace(/[.\s]+$/, '')).filter(part => part !== '');
  const line = text.join('; ').replace(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}
