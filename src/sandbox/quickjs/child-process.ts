// The parent's end of one child: starts it with an empty environment, asks it one thing at a time, and kills it when it does not answer in time or says
// what is no answer. What a death means for the program that was running is told as an ending of its test.
import { type ChildProcess, spawn } from 'node:child_process';
import type { End } from '../backend.ts';
import { FrameError, FrameReader, packFrame } from '../bwrap/frames.ts';
import type { Command } from './enclosure.ts';
import { OVERDUE } from './overdue.ts';
import { type Answer, type Request, readAnswer } from './protocol.ts';

/** Seconds beyond a request's own wall limit before the child is killed. */
const GRACE_SECONDS = 2;
const START_SECONDS = 20;
const KEPT_ERROR = 2000;

/** Why there is no answer. */
export interface Death {
  readonly end: Extract<End, 'timeout_cpu' | 'timeout_wall' | 'protocol_error'> | 'died';
  readonly detail: string;
}

export class QuickjsChild {
  isAlive = true;
  served = 0;
  private readonly process: ChildProcess;
  private readonly reader = new FrameReader();
  private readonly texts: string[] = [];
  private errors = '';
  private wake: (() => void) | null = null;
  private readonly gone: Promise<void>;

  constructor({ file, args }: Command) {
    this.process = spawn(file, args, { env: {}, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
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
      this.errors = (this.errors + piece.toString('latin1')).slice(-KEPT_ERROR);
    });
    this.process.stdout!.on('data', (piece: Buffer) => this.take(piece));
  }

  /** Resolves to null once it is ready, or to why it is not. */
  async ready(): Promise<string | null> {
    const text = await this.next(START_SECONDS, null);
    return text === '{"ready":true}' ? null : `did not start: ${wordsOf(this.errors) || 'no word within 20 s'}`;
  }

  /** One at a time. Rejects when `signal` is aborted; the child is dead then. */
  async ask(request: Request, signal?: AbortSignal): Promise<Answer | Death> {
    this.served++;
    this.process.stdin!.write(packFrame(request));
    const text = await this.next(request.limits.wallSeconds + GRACE_SECONDS, signal ?? null);
    signal?.throwIfAborted();
    if (text === null) return this.death(this.isAlive);
    const answer = readAnswer(text, request.id);
    if (answer) return answer;
    await this.kill();
    return { end: 'protocol_error', detail: 'the sandbox said what is no answer' };
  }

  /** Resolves when the process is gone. */
  async kill(): Promise<void> {
    if (this.isAlive) this.process.kill('SIGKILL');
    await this.gone;
  }

  private async death(isLate: boolean): Promise<Death> {
    await this.kill();
    if (isLate) return { end: 'timeout_wall', detail: 'no answer in time' };
    if (this.errors.endsWith(OVERDUE)) return { end: 'timeout_cpu', detail: 'out of CPU time in one native operation' };
    return { end: 'died', detail: this.errors.trim().split('\n').at(-1) || 'the child process died' };
  }

  /** The next frame's text; null when time is up, the child is gone or the signal is aborted. */
  private async next(seconds: number, signal: AbortSignal | null): Promise<string | null> {
    if (this.texts.length > 0) return this.texts.shift()!;
    if (!this.isAlive || signal?.aborted) return null;
    await new Promise<void>(resolve => {
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        this.wake = null;
        resolve();
      };
      const timer = setTimeout(done, seconds * 1000);
      signal?.addEventListener('abort', done);
      this.wake = done;
    });
    if (signal?.aborted) await this.kill();
    return this.texts.shift() ?? null;
  }

  private take(piece: Buffer): void {
    try {
      this.texts.push(...this.reader.push(piece));
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.process.kill('SIGKILL');
    }
    if (this.texts.length > 0) this.wake?.();
  }

  private end(resolve: () => void): void {
    this.isAlive = false;
    resolve();
    this.wake?.();
  }
}

/** The line that says what is wrong, out of a trace. */
function wordsOf(errors: string): string {
  const lines = errors.split('\n').map(line => line.trim());
  return (lines.find(line => /error|cannot|denied|not permitted|no such/i.test(line)) ?? lines.find(line => line !== '') ?? '').slice(
    0,
    200,
  );
}
