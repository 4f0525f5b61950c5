// One test of a program in an instance of its own: standard input to standard output, or arguments to a result. Nothing here compares.
import { Meter } from './meter.ts';
import type { QuickJSWASMModule } from './module.ts';
import { findFunction, start, startForCalls } from './programs.ts';
import type { Request, Seen } from './protocol.ts';
import { toValue } from './realm-value.ts';
import { Ended, type Ending, hostEnding, oneLine, Side } from './side.ts';
import { NoSuchValue } from './values-in.ts';

type Of<M extends Request['mode']> = Extract<Request, { readonly mode: M }>;
type Extra = Pick<Seen, 'value' | 'argumentsAfter'>;

const DONE: Ending = { end: 'exit', detail: 'exit status 0' };

export interface Tested {
  readonly seen: readonly Seen[];
  readonly unsupported: string | null;
}

export function runStdio(module: QuickJSWASMModule, request: Of<'stdio'>): Tested {
  return tested(request, meter => {
    const side = new Side(module, meter, request.limits.memoryBytes);
    const finish = side.addStdio(request.input);
    start(side, request.program);
    side.drain();
    const status = side.context.getNumber(side.call(finish));
    return { ending: status === 0 ? DONE : { end: 'runtime_error', detail: `exit status ${status}` } };
  });
}

export function runCall(module: QuickJSWASMModule, request: Of<'call'>): Tested {
  return tested(request, meter => {
    const side = new Side(module, meter, request.limits.memoryBytes);
    const args = request.args.map(arg => side.writer.write(arg));
    startForCalls(side, request.program, [request.fn]);
    const f = findFunction(side, request.fn);
    const result = side.settled(side.call(f, ...args));
    const value = toValue(side.reader.read(result.value));
    const argumentsAfter = args.map(arg => toValue(side.reader.read(arg)));
    side.drain();
    side.checkMeter();
    return { ending: DONE, value, argumentsAfter };
  });
}

/** Runs it under a meter and tells what happened; an instance that broke has told it as well. */
function tested(request: Request, run: (meter: Meter) => { readonly ending: Ending } & Extra): Tested {
  const meter = new Meter(request.limits);
  try {
    const { ending, ...extra } = run(meter);
    return { seen: [seenOf(meter, ending, extra)], unsupported: null };
  } catch (error) {
    if (error instanceof NoSuchValue) return { seen: [], unsupported: error.message };
    const ending = meter.stop === null || error instanceof Ended ? hostEnding(error) : stopEnding(meter);
    if (!ending) throw error;
    meter.write('err', error instanceof Ended ? `${ending.detail}\n` : '');
    return { seen: [seenOf(meter, ending, {})], unsupported: null };
  }
}

/** The meter had stopped the program before the instance broke. */
export const stopEnding = ({ stop, stopDetail }: Meter): Ending => ({
  end: stop === null || stop === 'exit' || stop === 'unsupported' ? 'runtime_error' : stop,
  detail: stopDetail,
});

export const seenOf = (meter: Meter, { end, detail }: Ending, extra: Extra): Seen => ({
  end,
  detail: oneLine(detail),
  stdout: Buffer.from(meter.stdout).toString('base64'),
  stderr: meter.stderr,
  ...extra,
  wallMs: meter.wallMs,
  cpuMs: meter.cpuMs,
});
