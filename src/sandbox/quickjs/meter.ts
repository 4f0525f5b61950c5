// The meter of one test: CPU and wall time since it began, and why it must end. Asked by the engine's interrupt handler every so many operations; once
// it says stop the program cannot go on, whatever it catches. Code that never asks (one long native operation) is ended from outside (child.ts).
import type { End, Limits } from '../backend.ts';

/** 'exit' is the program's own wish (process.exit), 'unsupported' ours. */
export type Stop = Extract<End, 'timeout_cpu' | 'timeout_wall' | 'memory' | 'output_limit' | 'exit'> | 'unsupported';

/** Bytes of standard output and error together. */
const MOST_OUTPUT = 4 * 2 ** 20;

export class Meter {
  stop: Stop | null = null;
  exitCode = 0;
  stopDetail = '';
  private readonly limits: Limits;
  private readonly cpuBefore = process.cpuUsage();
  private readonly wallBefore = performance.now();
  private written = 0;
  private readonly out: string[] = [];
  private readonly err: string[] = [];

  constructor(limits: Limits) {
    this.limits = limits;
  }

  get cpuMs(): number {
    const { user, system } = process.cpuUsage(this.cpuBefore);
    return (user + system) / 1000;
  }

  get wallMs(): number {
    return performance.now() - this.wallBefore;
  }

  readonly isOver = (): boolean => {
    if (this.stop === null && this.cpuMs > this.limits.cpuSeconds * 1000)
      this.end('timeout_cpu', `more than ${this.limits.cpuSeconds} s of CPU`);
    if (this.stop === null && this.wallMs > this.limits.wallSeconds * 1000)
      this.end('timeout_wall', `more than ${this.limits.wallSeconds} s`);
    return this.stop !== null;
  };

  /** The first reason stays. */
  end(stop: Stop, detail: string): void {
    if (this.stop !== null) return;
    this.stop = stop;
    this.stopDetail = detail;
  }

  write(stream: 'out' | 'err', text: string): void {
    if (this.stop !== null) return;
    this.written += Buffer.byteLength(text);
    if (this.written > MOST_OUTPUT) this.end('output_limit', `more than ${MOST_OUTPUT / 2 ** 20} MiB of output`);
    else this[stream].push(text);
  }

  get stdout(): string {
    return this.out.join('');
  }

  get stderr(): string {
    return this.err.join('').slice(-2048);
  }
}
