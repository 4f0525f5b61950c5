// The body of a request: JSON, and no more of it than is agreed. What goes beyond is not kept, but it is read for a while before it is refused: a connection
// that is closed while its client still sends takes the answer with it.
import type { IncomingMessage } from 'node:http';
import { badRequest, type Problem } from './problem.ts';

/** Bytes beyond the bound that are read for the sake of an answer. */
const LINGER = 64 * 1024 * 1024;

const tooLarge = (maxBytes: number, isHopeless: boolean): Problem =>
  badRequest(`the body is too large; accepted: at most ${maxBytes} bytes`, {
    status: 413,
    code: 'request_too_large',
    ...(isHopeless && { headers: { connection: 'close' } }),
  });

async function bytesOf(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes + LINGER) throw tooLarge(maxBytes, true);
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const parts: Buffer[] = [];
  let size = 0;
  request.on('data', (part: Buffer) => {
    size += part.length;
    if (size <= maxBytes) parts.push(part);
    else parts.length = 0;
    if (size > maxBytes + LINGER) reject(tooLarge(maxBytes, true));
  });
  request.on('end', () => (size <= maxBytes ? resolve(Buffer.concat(parts)) : reject(tooLarge(maxBytes, false))));
  request.on('close', () => reject(badRequest('the request ended before its body did')));
  request.on('error', () => reject(badRequest('the request ended before its body did')));
  return promise;
}

/** Throws Problem: 413 beyond `maxBytes`, 415 for what is not declared as JSON, 400 for what is none or no object. */
export async function jsonOf(request: IncomingMessage, maxBytes: number): Promise<Readonly<Record<string, unknown>>> {
  const type = request.headers['content-type'] ?? '';
  // Pages of other sites can send anything but this without asking first.
  if (!/^application\/json\b/i.test(type))
    throw badRequest(`got content-type ${type === '' ? 'none' : JSON.stringify(type)}; accepted: application/json`, { status: 415 });
  const bytes = await bytesOf(request, maxBytes);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw badRequest(`the body is not JSON: ${error instanceof Error ? error.message.slice(0, 200) : error}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badRequest('the body is no JSON object');
}
