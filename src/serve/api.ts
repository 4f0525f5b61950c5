// The routes of a served model: /v1/completions, /v1/chat/completions, /v1/models, /health.
import { Interrupted } from '../errors.ts';
import { Admission } from './admission.ts';
import { answerOf, type Head } from './answer.ts';
import { type Ask, countOf } from './ask.ts';
import { chat } from './chat.ts';
import { Chunks } from './chunks.ts';
import { completions } from './completions.ts';
import type { Endpoint } from './endpoint.ts';
import { ClientGone, EventStream } from './events.ts';
import { generate, type Serving } from './generate.ts';
import type { Exchange, Route } from './http.ts';
import { badRequest, Problem, unavailable } from './problem.ts';
import type { ServedModel } from './served-model.ts';
import { idWord, makeWordOf } from './words.ts';

export interface ApiOptions {
  readonly model: ServedModel;
  readonly serving: Serving;
  /** False once the engine is gone. */
  readonly isAlive: () => boolean;
  /** Completions under way at a time, and how many more may wait. */
  readonly rows: number;
  readonly queue: number;
  readonly stallMs: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** A number nobody can foretell, 0 to 2^32 - 1: ids of answers, seeds of requests that bring none. */
  readonly chance: () => number;
  readonly onFailure?: (error: unknown) => void;
}

export function apiRoutes(options: ApiOptions): Route[] {
  const { model, isAlive, clock, rows, queue } = options;
  const admission = new Admission(rows, queue);
  const wordOf = makeWordOf(model.tokenizer);
  const created = Math.floor(clock() / 1000);
  const card = { id: model.name, object: 'model', created, owned_by: 'rest-em', max_model_len: model.context };
  const state = { ...options, admission, wordOf };
  return [
    {
      method: 'GET',
      path: '/health',
      isOpen: true,
      act: async exchange => exchange.reply(isAlive() ? 200 : 503, { status: isAlive() ? 'ok' : 'failed' }),
    },
    { method: 'GET', path: '/v1/models', act: async exchange => exchange.reply(200, { object: 'list', data: [card] }) },
    { method: 'GET', path: '/v1/models/', act: async exchange => exchange.reply(200, cardOf(exchange, model, card)) },
    { method: 'POST', path: '/v1/completions', act: exchange => complete(exchange, completions, state) },
    { method: 'POST', path: '/v1/chat/completions', act: exchange => complete(exchange, chat, state) },
  ];
}

/** Throws Problem 404. */
function cardOf({ request }: Exchange, model: ServedModel, card: object): object {
  const given = (request.url ?? '').split('?', 1)[0]!.slice('/v1/models/'.length);
  if ([model.name, ...model.aliases].some(name => name === given || encodeURIComponent(name) === given)) return card;
  throw badRequest(`model: ${JSON.stringify(given.slice(0, 200))} is not served here`, {
    status: 404,
    param: 'model',
    code: 'model_not_found',
  });
}

interface State extends ApiOptions {
  readonly admission: Admission;
  readonly wordOf: ReturnType<typeof makeWordOf>;
}

async function complete(exchange: Exchange, endpoint: Endpoint, state: State): Promise<void> {
  const { model, isAlive, admission, clock, chance } = state;
  const ask = endpoint.read(await exchange.json(), model);
  if (!isAlive()) throw unavailable('the engine is gone');
  const id = [chance(), chance(), chance()].map(n => n.toString(16).padStart(8, '0')).join('');
  const head: Head = { id: `${endpoint.prefix}-${id}`, created: Math.floor(clock() / 1000), model: model.name };
  const leave = admission.enter(countOf(ask));
  try {
    await (ask.manner.isStream ? stream : whole)(exchange, endpoint, head, ask, state);
  } catch (error) {
    if (error instanceof ClientGone || (exchange.signal.aborted && !exchange.isStopping)) return;
    throw error instanceof Interrupted ? unavailable('the server is stopping') : error;
  } finally {
    leave();
  }
}

const spellingOf = ({ model, wordOf }: State, ask: Ask) => ({
  tokenizer: model.tokenizer,
  wordOf: ask.manner.tokensAsIds ? idWord : wordOf,
});

async function whole({ signal, reply }: Exchange, endpoint: Endpoint, head: Head, ask: Ask, state: State): Promise<void> {
  const choices = await generate(state.serving, ask, { signal, seed: state.chance() });
  reply(200, answerOf(endpoint, head, ask, choices, spellingOf(state, ask)));
}

/** Once it has begun, what goes wrong is told inside the stream. */
async function stream(exchange: Exchange, endpoint: Endpoint, head: Head, ask: Ask, state: State): Promise<void> {
  const { response, signal } = exchange;
  const events = new EventStream(response, state.stallMs);
  const chunks = new Chunks(endpoint, head, ask, spellingOf(state, ask), events);
  try {
    const listener = {
      onBegin: chunks.onBegin.bind(chunks),
      onToken: chunks.onToken.bind(chunks),
      onDone: chunks.onDone.bind(chunks),
    };
    await chunks.end(await generate(state.serving, ask, { signal, seed: state.chance(), ...listener }));
  } catch (error) {
    if (error instanceof ClientGone || response.destroyed) return;
    if (!(error instanceof Interrupted)) state.onFailure?.(error);
    events.fail(wordsOf(error).body);
  }
}

const wordsOf = (error: unknown): Problem =>
  error instanceof Interrupted
    ? unavailable('the server is stopping')
    : new Problem('the server failed at this request', { status: 500, type: 'server_error', code: 'internal_error' });
