// Interpreters that are started before they are needed: a start takes a third of a second, and every candidate has one of its own. Some wait, warm; who
// takes one makes the next one start.
import { Interpreter } from './interpreter.ts';
import type { Packages } from './packages.ts';

export class Pool {
  private readonly packages: Packages;
  private readonly snapshot: Uint8Array;
  private readonly warm: Interpreter[] = [];
  private readonly size: number;
  private isClosed = false;

  constructor(packages: Packages, snapshot: Uint8Array, size: number) {
    this.packages = packages;
    this.snapshot = snapshot;
    this.size = size;
  }

  /** A fresh interpreter, ready, or why there is none; the caller's to kill. */
  async take(signal?: AbortSignal): Promise<Interpreter | string> {
    const interpreter = this.warm.shift() ?? this.start();
    if (!this.isClosed) while (this.warm.length < this.size) this.warm.push(this.start());
    const failure = await interpreter.ready(signal);
    return failure ?? interpreter;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.warm.splice(0).map(interpreter => interpreter.kill()));
  }

  private start(): Interpreter {
    return new Interpreter(this.packages, this.snapshot);
  }
}
