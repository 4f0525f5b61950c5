// One side: a realm of its own instance, with what a program expects to find there, and the ways to run code in it until nothing is left to run.
// Everything that happens is told as an ending (End, detail). Exceptions of the host mean that the instance is broken: they become the program's ending,
// and the instance is never used again (no instance is: every test has its own).
import type { End } from '../backend.ts';
import type { Meter } from './meter.ts';
import { newRealm, type QuickJSContext, type QuickJSHandle, type QuickJSRuntime, type QuickJSWASMModule } from './module.ts';
import { ASSERT } from './prelude-assert.ts';
import { COMMON } from './prelude-common.ts';
import { STDIO } from './prelude-stdio.ts';
import { ValueWriter } from './values-in.ts';
import { type OnOpaque, ValueReader } from './values-out.ts';

export interface Ending {
  readonly end: End;
  readonly detail: string;
}

/** The code ended in a way of its own; what it threw is in `ending`. */
export class Ended extends Error {
  readonly ending: Ending;
  readonly thrown: QuickJSHandle | null;
  constructor(ending: Ending, thrown: QuickJSHandle | null = null) {
    super(ending.detail);
    this.ending = ending;
    this.thrown = thrown;
  }
}

const JOBS_AT_A_TIME = 1000;

export class Side {
  readonly context: QuickJSContext;
  readonly reader: ValueReader;
  readonly writer: ValueWriter;
  private readonly runtime: QuickJSRuntime;
  private readonly meter: Meter;
  private readonly tick: QuickJSHandle;
  private readonly kit: QuickJSHandle;
  private readonly host: QuickJSHandle;

  constructor(
    module: QuickJSWASMModule,
    meter: Meter,
    memoryBytes: number,
    crossing: { readonly onOpaque?: OnOpaque; readonly ofToken?: (token: number) => QuickJSHandle } = {},
  ) {
    const { runtime, context } = newRealm(module, memoryBytes, meter.isOver);
    this.runtime = runtime;
    this.context = context;
    this.meter = meter;
    this.reader = new ValueReader(context, crossing.onOpaque);
    this.writer = new ValueWriter(context, crossing.ofToken);
    this.kit = context.newObject();
    this.host = this.hostObject();
    this.tick = this.prelude(COMMON, this.host, this.kit);
    context.setProp(this.kit, 'assert', this.prelude(ASSERT));
  }

  /** process, require and standard input. Returns what ends the process: run it when all is done. */
  addStdio(input: string): QuickJSHandle {
    return this.prelude(STDIO, this.host, this.kit, this.writer.write(input));
  }

  /** assert, and require('assert'), for the tests. console.assert throws here: in tests nobody reads standard error. */
  addAssert(): void {
    const add = `kit => {
      kit.define('assert', kit.assert);
      kit.define('require', name => { const n = String(name).replace(/^node:/, ''); if (n === 'assert') return kit.assert; if (n === 'assert/strict') return kit.assert.strict; throw new Error("Cannot find module '" + name + "'") });
      console.assert = kit.assert;
    }`;
    this.prelude(add, this.kit);
  }

  addFunction(name: string, call: (...args: QuickJSHandle[]) => QuickJSHandle): void {
    this.context.setProp(this.host, name, this.context.newFunction(name, call));
  }

  prelude(text: string, ...args: QuickJSHandle[]): QuickJSHandle {
    const { context } = this;
    const made = context.unwrapResult(context.evalCode(`(${text.trim().replace(/;$/, '')})`, 'prelude.js'));
    return context.unwrapResult(context.callFunction(made, context.undefined, ...args));
  }

  get hostHandle(): QuickJSHandle {
    return this.host;
  }

  /** Throws Ended. */
  evaluate(code: string, file: string, type: 'global' | 'module' = 'global'): QuickJSHandle {
    return this.value(this.context.evalCode(code, file, { type, strict: false }));
  }

  /** Throws Ended. */
  call(f: QuickJSHandle, ...args: QuickJSHandle[]): QuickJSHandle {
    return this.value(this.context.callFunction(f, this.context.undefined, ...args));
  }

  /** A SyntaxError of this text, not one thrown while it runs. */
  isWellFormed(code: string, type: 'global' | 'module'): boolean {
    const result = this.context.evalCode(code, 'check.js', { type, compileOnly: true });
    if (!result.error) result.value.dispose();
    return !result.error;
  }

  /** Jobs and timers until none is left. Throws Ended. */
  drain(): void {
    do this.drainJobs();
    while (this.context.sameValue(this.call(this.tick), this.context.true));
  }

  /** What a promise comes to, after everything has run; anything else is itself. Throws Ended. */
  settled(handle: QuickJSHandle): { readonly value: QuickJSHandle; readonly wasPromise: boolean } {
    const first = this.context.getPromiseState(handle);
    if (first.type === 'fulfilled' && first.notAPromise) return { value: handle, wasPromise: false };
    this.drain();
    const state = this.context.getPromiseState(handle);
    if (state.type === 'pending') throw new Ended({ end: 'runtime_error', detail: 'a promise that never settles' });
    if (state.type === 'rejected') throw this.thrown(state.error);
    return { value: state.value, wasPromise: true };
  }

  /** Throws Ended when the meter has stopped the program, whatever the program made of it. */
  checkMeter(): void {
    const ending = this.stopped();
    if (ending) throw new Ended(ending);
  }

  private drainJobs(): void {
    while (this.runtime.hasPendingJob()) {
      const done = this.runtime.executePendingJobs(JOBS_AT_A_TIME);
      this.meter.isOver();
      this.checkMeter();
      if (done.error) throw this.thrown(done.error);
    }
  }

  private value(result: ReturnType<QuickJSContext['evalCode']>): QuickJSHandle {
    this.checkMeter();
    if (result.error) throw this.thrown(result.error);
    return result.value;
  }

  private thrown(error: QuickJSHandle): Ended {
    const stopped = this.stopped();
    if (stopped) return new Ended(stopped);
    const { name, message } = this.reader.describe(error);
    const isMemory = (name === 'InternalError' && /out of memory/.test(message)) || (name === 'thrown' && message === 'null');
    return new Ended({ end: isMemory ? 'memory' : 'runtime_error', detail: oneLine(message === '' ? name : `${name}: ${message}`) }, error);
  }

  private stopped(): Ending | null {
    const { stop, stopDetail, exitCode } = this.meter;
    if (stop === null) return null;
    if (stop === 'exit') return { end: exitCode === 0 ? 'exit' : 'runtime_error', detail: `exit status ${exitCode}` };
    return { end: stop === 'unsupported' ? 'runtime_error' : stop, detail: stopDetail };
  }

  private hostObject(): QuickJSHandle {
    const { context, meter } = this;
    const host = context.newObject();
    // The engine asks the meter every ten thousand steps, which may be long ones; who writes is asked each time.
    const write = (stream: QuickJSHandle, text: QuickJSHandle) => {
      if (meter.isOver()) return { error: context.newError('the program is over') };
      const value = this.reader.read(text);
      const shown = typeof value === 'string' ? value : '';
      // A text too long to be read is too long to be printed.
      if (typeof value !== 'string') meter.end('output_limit', 'a text too long to print');
      meter.write(context.getString(stream) === 'err' ? 'err' : 'out', shown);
      return context.undefined;
    };
    const exit = (code: QuickJSHandle) => {
      meter.exitCode = context.getNumber(code) & 255;
      meter.end('exit', '');
      return { error: context.newError('exit') };
    };
    context.setProp(host, 'write', context.newFunction('write', write));
    context.setProp(host, 'exit', context.newFunction('exit', exit));
    return host;
  }
}

export const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 300);

/** The ending that an exception of the host stands for: the engine ran out of the host's stack, or broke. Anything else is ours, and goes on up. */
export function hostEnding(error: unknown): Ending | null {
  if (error instanceof Ended) return error.ending;
  // RuntimeError is WebAssembly's: an access out of bounds, an abort.
  const isEngine = error instanceof Error && /^(QuickJS|RangeError|InternalError|RuntimeError)/.test(error.name);
  return isEngine ? brokenEnding(error.message) : null;
}

function brokenEnding(message: string): Ending {
  const isMemory = /memory|allocation/i.test(message) && !/access out of bounds/.test(message);
  return { end: isMemory ? 'memory' : 'runtime_error', detail: oneLine(`the engine gave up: ${message}`) };
}
