// A WASM instance of QuickJS and a realm in it. The machine code is compiled once a process; an instance costs milliseconds, so every candidate has its
// own, and what one did to its memory dies with it. An exception of the HOST ("Maximum call stack", use after free) leaves an instance undefined:
// whoever sees one must drop it (Candidate in candidate.ts does).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as imported from '@jitl/quickjs-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from 'quickjs-emscripten-core';

export type { QuickJSContext, QuickJSHandle, QuickJSRuntime, QuickJSWASMModule };

/** Of the five that the build has for C's stack. About 11,000 plain calls deep, as Node itself allows; the thread's own stack must hold them too. */
const STACK_BYTES = 2 * 2 ** 20;

// Node has it; the types of the language alone do not.
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
declare const WebAssembly: { readonly Module: new (bytes: Uint8Array) => object; readonly Memory: { readonly prototype: WasmMemory } };

/** Its types describe the CommonJS build, in which the variant lies one `default` deeper than in the ES module that Node loads. */
function baseVariant(): QuickJSSyncVariant {
  const outer: QuickJSSyncVariant | { readonly default: QuickJSSyncVariant } = imported.default;
  return 'default' in outer ? outer.default : outer;
}

const wasm = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
const wasmModule = new WebAssembly.Module(readFileSync(wasm));
/**
 * The engine's own limit counts blocks and not their bytes in this build (16 MiB allowed, 2 GiB taken): what holds is that the memory cannot grow. Of every
 * instance in this process, so one program at a time.
 */
let ceilingBytes = Number.POSITIVE_INFINITY;
const PAGE = 65_536;
const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function growBelowCeiling(this: WasmMemory, pages: number): number {
  if (this.buffer.byteLength + pages * PAGE > ceilingBytes) throw new RangeError('the memory limit is reached');
  return grow.call(this, pages);
};

const variant = newVariant(baseVariant(), { wasmModule });

export const newModule = (): Promise<QuickJSWASMModule> => newQuickJSWASMModuleFromVariant(variant);

export interface Realm {
  readonly runtime: QuickJSRuntime;
  readonly context: QuickJSContext;
}

/** `isOver` is asked every so many operations; true stops the program, and the program cannot catch it. */
export function newRealm(module: QuickJSWASMModule, memoryBytes: number, isOver: () => boolean): Realm {
  const runtime = module.newRuntime();
  // For one huge block, which it does count.
  runtime.setMemoryLimit(memoryBytes);
  ceilingBytes = memoryBytes;
  runtime.setMaxStackSize(STACK_BYTES);
  runtime.setInterruptHandler(isOver);
  return { runtime, context: runtime.newContext() };
}
