// How a message of an interpreter, or its silence, ends a test. 'unsupported' is what Pyodide cannot run at all: threads, processes, deep recursion.
import { type End, isEnd } from '../backend.ts';
import type { Fields, Silence } from './interpreter.ts';

export interface Over {
  readonly end: End | 'unsupported';
  readonly detail: string;
}

const isOver = (end: unknown): end is Over['end'] => end === 'unsupported' || isEnd(end);

/** `ofDeath`: what it means when the interpreter is gone, or ended by itself, without an answer. */
export function endingOfMessage(message: Fields | Silence, ofDeath: 'runtime_error' | 'load_error'): Over {
  if (isSilence(message)) return { end: message.silence === 'died' ? ofDeath : message.silence, detail: message.detail };
  const { ending } = message;
  if (typeof ending !== 'object' || ending === null) return { end: 'protocol_error', detail: 'a message that no program has' };
  const { end, detail } = ending as Fields;
  if (!isOver(end) || typeof detail !== 'string') return { end: 'protocol_error', detail: 'an end that there is not' };
  return { end, detail };
}

export const isSilence = (message: Fields | Silence): message is Silence =>
  typeof (message as Silence).silence === 'string' && !('ending' in message) && !('frame' in message);
