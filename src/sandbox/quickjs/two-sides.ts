// Assert mode: the program in one instance, the tests in another, two memories that share nothing. The tests call proxies; arguments and results cross
// as data, errors by name and message, arguments changed in place are written back, and objects that are no data stay at home (a token crosses).
// What the tests hand over that is no data, a callback say, makes the problem unsupported; what the program returns that is none equals nothing.
import { Meter } from './meter.ts';
import { newModule, type QuickJSHandle, type QuickJSWASMModule } from './module.ts';
import { namesOfTests } from './names.ts';
import { seenOf, stopEnding, type Tested } from './one-test.ts';
import { findFunction, startForCalls } from './programs.ts';
import type { Request, Seen } from './protocol.ts';
import type { RealmValue } from './realm-value.ts';
import { Ended, type Ending, hostEnding, Side } from './side.ts';

type AssertRequest = Extract<Request, { readonly mode: 'assert' }>;

/** On the tests' side: makes proxies, tokens and errors out of what crosses. */
const BRIDGE = `
host => {
  const tokens = new WeakMap(), errors = { Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError };
  const token = n => { const t = Object.freeze(function opaque() { throw new TypeError('an object of the program cannot be used here') }); tokens.set(t, n); return t };
  const replace = (into, from) => {
    if (Array.isArray(into)) { into.length = 0; for (const x of from) into.push(x) }
    else if (into instanceof Map) { into.clear(); for (const [k, v] of from) into.set(k, v) }
    else if (into instanceof Set) { into.clear(); for (const v of from) into.add(v) }
    else { for (const k of Object.keys(into)) delete into[k]; Object.assign(into, from) }
  };
  const raise = (name, message) => { const E = errors[name] || Error, e = new E(message); if (!errors[name]) e.name = name; return e };
  const proxy = name => {
    const f = function (...args) {
      if (new.target) { host.refuse(name + ' is used as a class'); }
      const crossing = { args, after: undefined, value: undefined, error: undefined, promise: false };
      host.call(name, args, crossing);
      if (crossing.after) crossing.after.forEach((x, i) => { if (x !== undefined) replace(args[i], x) });
      if (crossing.promise) return crossing.error ? Promise.reject(crossing.error.e) : Promise.resolve(crossing.value);
      if (crossing.error) throw crossing.error.e;
      return crossing.value;
    };
    Object.defineProperty(f, 'name', { value: name });
    return f;
  };
  return { token, tokenOf: t => tokens.get(t), raise, proxy, failed: e => ({ e }) };
}
`;

class Refused extends Error {}

export async function runAsserts(module: QuickJSWASMModule, request: AssertRequest): Promise<Tested> {
  const meter = new Meter(request.limits);
  const bridge = new Bridge(module, await newModule(), meter, request);
  const seen: Seen[] = [];
  let before = { wallMs: 0, cpuMs: 0 };
  for (const unit of bridge.units()) {
    if (meter.stop === 'unsupported') return { seen: [], unsupported: meter.stopDetail };
    const now = { wallMs: meter.wallMs, cpuMs: meter.cpuMs };
    seen.push({ ...seenOf(meter, unit, {}), wallMs: now.wallMs - before.wallMs, cpuMs: now.cpuMs - before.cpuMs });
    before = now;
  }
  return { seen, unsupported: null };
}

class Bridge {
  private readonly program: Side;
  private readonly tests: Side;
  private readonly meter: Meter;
  private readonly request: AssertRequest;
  private readonly held: QuickJSHandle[] = [];
  private readonly functions = new Map<string, QuickJSHandle>();
  private readonly tools: QuickJSHandle;
  private missing: string | null = null;
  private broken: Ending | null = null;

  constructor(module: QuickJSWASMModule, testsModule: QuickJSWASMModule, meter: Meter, request: AssertRequest) {
    const { memoryBytes } = request.limits;
    this.meter = meter;
    this.request = request;
    this.program = new Side(module, meter, memoryBytes, {
      onOpaque: handle => ({ t: 'token', v: this.held.push(handle.dup()) - 1 }),
      ofToken: token => this.held[token]!.dup(),
    });
    this.tests = new Side(testsModule, meter, memoryBytes, {
      onOpaque: (handle, name) => this.tokenOf(handle, name),
      ofToken: token => this.tool('token', this.tests.context.newNumber(token)),
    });
    this.tests.addAssert();
    this.tests.addFunction('call', (name, args, crossing) => this.guarded(() => this.cross(name, args, crossing)));
    this.tests.addFunction('refuse', reason => this.refuse(this.tests.context.getString(reason)));
    this.tools = this.tests.prelude(BRIDGE, this.tests.hostHandle);
  }

  /** How each assert ended, in order; ends early when the program is no longer there to be asked. */
  *units(): Generator<Ending> {
    const opening = this.ending(() => this.open());
    if (opening) {
      yield opening;
      return;
    }
    for (const unit of this.request.asserts) {
      const thrown = this.ending(() => this.runUnit(unit));
      yield thrown ?? { end: 'exit', detail: 'held' };
      if (this.meter.stop !== null || this.broken) return;
    }
  }

  private open(): void {
    const { setup, asserts, names, program } = this.request;
    this.tests.evaluate(setup, 'setup.js');
    const asked = names ?? namesOfTests(asserts, name => this.isFree(name));
    startForCalls(this.program, program, asked);
    for (const name of asked) {
      const proxy = this.tool('proxy', this.tests.context.newString(name));
      this.tests.context.setProp(this.tests.context.global, name, proxy);
    }
  }

  private runUnit(unit: string): void {
    const isAsync = /\bawait\b/.test(unit) && !this.tests.isWellFormed(unit, 'global');
    const result = this.tests.evaluate(unit, 'tests.js', isAsync ? 'module' : 'global');
    // A unit whose value is a promise (an async function called last) holds when it settles well.
    this.tests.settled(result);
    this.tests.drain();
  }

  /** What a unit came to: null when it held. The program's own end, a limit say, comes before what the tests made of it. */
  private ending(run: () => void): Ending | null {
    try {
      run();
      return this.broken ?? (this.meter.stop !== null ? stopEnding(this.meter) : null);
    } catch (error) {
      const ending = this.meter.stop !== null ? stopEnding(this.meter) : hostEnding(error);
      if (!ending) throw error;
      if (this.broken) return this.broken;
      if (this.missing !== null) return { end: 'load_error', detail: `there is no function ${this.missing}` };
      return ending.end === 'runtime_error' && ending.detail.startsWith('AssertionError') ? { ...ending, end: 'assertion_failed' } : ending;
    }
  }

  private isFree(name: string): boolean {
    const { context } = this.tests;
    const known = context.evalCode(`typeof ${name} !== 'undefined'`, 'known.js');
    return !known.error && context.sameValue(known.value, context.false);
  }

  /** A call of a proxy. What the host throws in here must not pass through the tests' instance: it is noted, and the tests see a plain error. */
  private guarded(cross: () => void): QuickJSHandle {
    try {
      cross();
    } catch (error) {
      if (!(error instanceof Refused)) this.broken = hostEnding(error) ?? { end: 'runtime_error', detail: String(error) };
      throw new Error('the program cannot be asked');
    }
    return this.tests.context.undefined;
  }

  private cross(name: QuickJSHandle, args: QuickJSHandle, crossing: QuickJSHandle): void {
    if (this.broken) throw new Refused();
    const { tests, program } = this;
    const sent = listOf(tests.reader.read(args));
    const given = sent.map(arg => program.writer.write(arg));
    const put = (field: string, handle: QuickJSHandle) => tests.context.setProp(crossing, field, handle);
    try {
      const result = program.settled(program.call(this.functionOf(tests.context.getString(name)), ...given));
      if (result.wasPromise) put('promise', tests.context.true);
      put('value', tests.writer.write(program.reader.read(result.value)));
    } catch (error) {
      // A limit, or an engine that broke, ends everything; an error of the program is the tests' to judge.
      if (!(error instanceof Ended) || error.ending.end !== 'runtime_error' || this.meter.stop !== null) throw error;
      put('error', this.tool('failed', this.errorOf(error)));
    }
    put('after', tests.writer.write({ t: 'list', v: given.map((arg, i) => this.changed(arg, sent[i]!)) }));
  }

  /** The argument after the call where it has changed, undefined where it is as it was. */
  private changed(arg: QuickJSHandle, before: RealmValue): RealmValue {
    if (before === null || typeof before !== 'object' || !['list', 'dict', 'set'].includes(before.t)) return { t: 'undefined' };
    const after = this.program.reader.read(arg);
    return JSON.stringify(after) === JSON.stringify(before) ? { t: 'undefined' } : after;
  }

  private errorOf({ thrown, ending }: Ended): QuickJSHandle {
    const { context } = this.tests;
    if (!thrown) return this.tool('raise', context.newString('Error'), context.newString(ending.detail));
    const type = this.program.context.typeof(thrown);
    const { name, message } = this.program.reader.describe(thrown);
    if (type !== 'object' && type !== 'function') return this.tests.writer.write(this.program.reader.read(thrown));
    return this.tool('raise', context.newString(name), this.tests.writer.write(message));
  }

  private functionOf(name: string): QuickJSHandle {
    const known = this.functions.get(name);
    if (known) return known;
    try {
      const found = findFunction(this.program, name);
      this.functions.set(name, found);
      return found;
    } catch (error) {
      if (error instanceof Ended && error.ending.end === 'load_error') this.missing = name;
      throw error;
    }
  }

  private tokenOf(handle: QuickJSHandle, name: string): RealmValue {
    const { context } = this.tests;
    const token = this.tool('tokenOf', handle);
    if (context.typeof(token) === 'number') return { t: 'token', v: context.getNumber(token) };
    return this.refuse(`the tests pass ${name === 'function' ? 'a function' : `an object (${name})`} to the program`);
  }

  private refuse(reason: string): never {
    this.meter.end('unsupported', reason);
    throw new Refused(reason);
  }

  private tool(name: 'token' | 'tokenOf' | 'raise' | 'proxy' | 'failed', ...args: QuickJSHandle[]): QuickJSHandle {
    const { context } = this.tests;
    return context.unwrapResult(context.getProp(this.tools, name).consume(f => context.callFunction(f, context.undefined, ...args)));
  }
}

const listOf = (value: RealmValue): readonly RealmValue[] =>
  value !== null && typeof value === 'object' && value.t === 'list' ? value.v : [];
