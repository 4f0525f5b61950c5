// The messages between client.ts and worker.ts. Errors cross as data: an Error that is cloned would lose its class.
import { type Complaint, ConfigError, EngineError } from '../errors.ts';
import type { Engine, EngineOptions } from './engine.ts';
import type { LiveAsk } from './live-messages.ts';

export type Method =
  | 'sample'
  | 'adopt'
  | 'unload'
  | 'distance'
  | 'score'
  | 'fitOpen'
  | 'fitEpoch'
  | 'fitSample'
  | 'fitKeep'
  | 'fitSave'
  | 'fitClose'
  | 'live';
/** What a method is called with, without its progress callback (always the last one). */
export type Arguments<M extends Method> = Parameters<Engine[M]>;
export type Result<M extends Method> = Awaited<ReturnType<Engine[M]>>;

export interface WorkerStart {
  readonly options: EngineOptions;
  /** One Int32: 1 asks the work under way to stop. */
  readonly abort: SharedArrayBuffer;
}

export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

/** Something for the `live` call under way. */
export interface Aside {
  readonly ask: LiveAsk;
}

export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly complaints?: readonly Complaint[];
}

export type Reply =
  | { readonly id: number; readonly kind: 'result'; readonly result: unknown }
  | { readonly id: number; readonly kind: 'error'; readonly error: ErrorData }
  | { readonly id: number; readonly kind: 'progress'; readonly progress: unknown };

export function packError(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  return {
    name: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error instanceof ConfigError && { complaints: error.complaints }),
  };
}

export function unpackError({ name, message, stack, complaints }: ErrorData): Error {
  if (complaints) return new ConfigError(complaints);
  const cause = Object.assign(new Error(message), { name, ...(stack !== undefined && { stack }) });
  return new EngineError(message, { cause });
}
