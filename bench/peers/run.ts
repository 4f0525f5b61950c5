// Runs one peer in a process of its own, on the cores that all are given, and reads its last line.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Interrupted } from '../../src/errors.ts';
import type { Runner } from './find.ts';
import type { Measured } from './measured.ts';
import { type Peer, scriptOf } from './peers.ts';

const SHOWN = 400;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface RunOptions {
  readonly model: string;
  readonly work: string;
  readonly cores: number;
  readonly limitMs: number;
}

/** Words before a command that keep it on the first cores, where there are more and the system can. */
function bound(cores: number): string[] {
  const taskset = ['/usr/bin/taskset', '/bin/taskset'].find(existsSync);
  return cores < availableParallelism() && taskset ? [taskset, '-c', `0-${cores - 1}`] : [];
}

const environment = (cores: number) => ({
  ...process.env,
  OMP_NUM_THREADS: String(cores),
  MKL_NUM_THREADS: String(cores),
  TOKENIZERS_PARALLELISM: 'false',
  HF_HUB_OFFLINE: '1',
  HF_DATASETS_OFFLINE: '1',
  CUDA_VISIBLE_DEVICES: '',
});

/** What the peer measured, or why it did not. Throws Interrupted after Ctrl-C, when the peer is gone. */
export function runPeer(peer: Peer, runner: Runner, { model, work, cores, limitMs }: RunOptions): Promise<Measured | string> {
  const [command = '', ...args] = [...bound(cores), runner.command, scriptOf(peer), model, work, String(peer.part), ...peer.extra];
  // A group of its own: a peer that starts processes (vLLM) is ended with them.
  const child = spawn(command, [...args, ...runner.extra], { env: environment(cores), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let isLate = false;
  // Its pipes are let go as well: what it started may take long to die of memory, and would keep them open.
  const end = () => {
    if (child.pid !== undefined) endGroup(child.pid);
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const limit = setTimeout(() => {
    isLate = true;
    end();
  }, limitMs);
  let isInterrupted = false;
  const interrupted = () => {
    isInterrupted = true;
    end();
  };
  for (const signal of SIGNALS) process.once(signal, interrupted);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err = (err + text).slice(-10 * SHOWN)));
  return new Promise<Measured | string>((resolve, reject) => {
    child.on('error', error => resolve(error.message));
    child.on('close', (code, signal) => {
      if (isInterrupted) reject(new Interrupted());
      else if (isLate) resolve(`given up after ${Math.round(limitMs / 1000)} s`);
      else if (code !== 0) resolve(`ended with ${signal ?? `code ${code}`}: ${lastLine(err)}`);
      else resolve(parsed(lastLine(out)));
    });
  }).finally(() => {
    clearTimeout(limit);
    for (const signal of SIGNALS) process.off(signal, interrupted);
    end();
  });
}

/** Ends what is left of a group, if anything is. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

const lastLine = (text: string): string =>
  text
    .trim()
    .split('\n')
    .at(-1)
    ?.slice(-10 * SHOWN) ?? '';

function parsed(line: string): Measured | string {
  try {
    return JSON.parse(line) as Measured;
  } catch {
    return `printed no figures but ${line.slice(0, SHOWN)}`;
  }
}
