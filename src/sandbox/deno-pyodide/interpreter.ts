// The parent's end of one Deno process: starts it, gives it the snapshot, exchanges frames, and kills it for good. CPU time is read from /proc where there is
// one; elsewhere only the clock limits a program, and the backend says so.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { End, Limits } from '../backend.ts';
import { isFields, parsed } from '../bwrap/messages.ts';
import type { Packages } from './packages.ts';

export const MEASURES_CPU = process.platform === 'linux';

const RUNNER = fileURLToPath(import.meta.url).replace(/interpreter(\.[jt]s)$/, 'runner$1');
const START_SECONDS = 120;
const LOOK_MS = 50;
const PAGE = 4096;
/** Behind the limit on WebAssembly's memory: what a program that has got into Deno's own could take. */
const MOST_RESIDENT = 3 * 2 ** 30;
const TICKS_PER_SECOND = 100;
/** A snapshot is some 30 MB; anything else must fit in a frame of the other backends. */
const LARGEST = 128 * 2 ** 20;
const KEPT_ERROR = 2000;

export type Fields = Readonly<Record<string, unknown>>;
/** Why nothing came. */
export interface Silence {
  readonly silence: Extract<End, 'timeout_cpu' | 'timeout_wall' | 'memory' | 'protocol_error'> | 'died';
  readonly detail: string;
}

/** Exactly what Pyodide needs, and nothing else: no network, no environment, no processes, no files but its own folder. */
export const denoFlags = (pyodide: string): readonly string[] => [
  'run',
  '--quiet',
  '--no-remote',
  '--no-prompt',
  '--no-config',
  '--no-lock',
  `--allow-read=${pyodide}`,
];

export class Interpreter {
  isAlive = true;
  private readonly process: ChildProcess;
  private parts: Buffer[] = [];
  private length = 0;
  private errors = '';
  private wake: (() => void) | null = null;
  private readonly gone: Promise<void>;

  constructor({ deno, pyodide }: Packages, snapshot: Uint8Array) {
    this.process = spawn(deno, [...denoFlags(pyodide), RUNNER, pathToFileURL(pyodide).href], { env: {}, stdio: 'pipe', windowsHide: true });
    this.gone = new Promise(resolve => {
      this.process.on('close', () => this.end(resolve));
      this.process.on('error', error => {
        this.errors += error.message;
        if (this.process.pid === undefined) this.end(resolve);
      });
    });
    this.process.stdin!.on('error', error => {
      this.errors += this.isAlive ? '' : error.message;
    });
    this.process.stderr!.on('data', (piece: Buffer) => {
      this.errors = (this.errors + piece.toString()).slice(-KEPT_ERROR);
    });
    this.process.stdout!.on('data', (piece: Buffer) => {
      this.parts.push(piece);
      this.length += piece.length;
      this.wake?.();
    });
    this.sendBytes(snapshot);
  }

  /** Resolves to null once it waits for a program, or to why it never will. */
  async ready(signal?: AbortSignal): Promise<string | null> {
    const message = await this.receive({ cpuSeconds: START_SECONDS, wallSeconds: START_SECONDS }, signal);
    if ('ready' in message) return null;
    await this.kill();
    return `Deno with Pyodide did not start: ${this.errors.trim().split('\n').slice(-3).join(' ') || 'no word in time'}`;
  }

  send(message: object): void {
    this.sendBytes(Buffer.from(JSON.stringify(message)));
  }

  /** The next message within the limits, which count from now. Whatever goes wrong ends the process. Rejects when `signal` is aborted. */
  async receive(limits: Pick<Limits, 'cpuSeconds' | 'wallSeconds'>, signal?: AbortSignal): Promise<Fields | Silence> {
    const bytes = await this.part(limits, signal);
    if (!(bytes instanceof Uint8Array)) return bytes;
    const message = parsed(bytes.toString('utf8'));
    if (isFields(message)) return message;
    await this.kill();
    return { silence: 'protocol_error', detail: 'what is no message' };
  }

  /** The next message as bytes: the snapshot is one. */
  async part({ cpuSeconds, wallSeconds }: Pick<Limits, 'cpuSeconds' | 'wallSeconds'>, signal?: AbortSignal): Promise<Buffer | Silence> {
    const cpuLimit = this.cpuSeconds() + cpuSeconds;
    const wallLimit = performance.now() + wallSeconds * 1000;
    for (let whole = this.take(); ; whole = this.take()) {
      signal?.throwIfAborted();
      if (whole) return whole;
      const silence = this.whySilent(cpuLimit, wallLimit, { cpuSeconds, wallSeconds });
      if (silence) {
        await this.kill();
        return silence;
      }
      await this.wait(signal);
    }
  }

  /** Seconds since it started; 0 where that cannot be read. */
  cpuSeconds(): number {
    if (!MEASURES_CPU || !this.isAlive || this.process.pid === undefined) return 0;
    try {
      const fields = readFileSync(`/proc/${this.process.pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    } catch {
      // It has just ended: whoever waits for it will hear of that.
      return 0;
    }
  }

  /** Bytes; 0 where that cannot be read. */
  private resident(): number {
    if (!MEASURES_CPU || !this.isAlive || this.process.pid === undefined) return 0;
    try {
      return Number(readFileSync(`/proc/${this.process.pid}/statm`, 'latin1').split(' ')[1]) * PAGE;
    } catch {
      return 0;
    }
  }

  async kill(): Promise<void> {
    if (this.isAlive) this.process.kill('SIGKILL');
    await this.gone;
  }

  private sendBytes(bytes: Uint8Array): void {
    const header = Buffer.alloc(4);
    header.writeUInt32BE(bytes.length);
    this.process.stdin!.write(header);
    this.process.stdin!.write(bytes);
  }

  private whySilent(cpuLimit: number, wallLimit: number, limits: Pick<Limits, 'cpuSeconds' | 'wallSeconds'>): Silence | null {
    if (this.nextLength() > LARGEST) return { silence: 'protocol_error', detail: 'a message too large' };
    if (!this.isAlive) return { silence: 'died', detail: this.errors.trim().split('\n').at(-1) || 'the interpreter died' };
    if (this.resident() > MOST_RESIDENT) return { silence: 'memory', detail: 'more memory than an interpreter can honestly have' };
    if (this.cpuSeconds() > cpuLimit) return { silence: 'timeout_cpu', detail: `more than ${limits.cpuSeconds} s of CPU` };
    return performance.now() > wallLimit ? { silence: 'timeout_wall', detail: `more than ${limits.wallSeconds} s by the clock` } : null;
  }

  private wait(signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        this.wake = null;
        resolve();
      };
      const timer = setTimeout(done, LOOK_MS);
      signal?.addEventListener('abort', done);
      this.wake = done;
    });
  }

  private nextLength(): number {
    if (this.length < 4) return 0;
    if (this.parts[0]!.length < 4) this.parts = [Buffer.concat(this.parts)];
    return this.parts[0]!.readUInt32BE(0);
  }

  private take(): Buffer | null {
    const size = this.nextLength();
    if (this.length < 4 || this.length < 4 + size) return null;
    const all = Buffer.concat(this.parts);
    this.parts = [all.subarray(4 + size)];
    this.length = all.length - 4 - size;
    return all.subarray(4, 4 + size);
  }

  private end(resolve: () => void): void {
    this.isAlive = false;
    resolve();
    this.wake?.();
  }
}
