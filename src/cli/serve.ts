// rest-em serve MODEL: the model behind OpenAI's completions API, until Ctrl-C. Exit code 0 when all that was under way could finish, 130 when some of it
// was cut off.
import { randomInt } from 'node:crypto';
import { basename } from 'node:path';
import { ConfigError, Interrupted } from '../errors.ts';
import type { CliCommand, Context } from './command.ts';
import { between, whole, withEngine, withPrecision } from './options.ts';

type Options = Readonly<Record<string, unknown>>;

const DEFAULT_ROWS = 128;
/** Attention over a prompt takes memory by the square of its length. */
const USUAL_CONTEXT = 2048;

export const serve: CliCommand = {
  name: 'serve',
  summary: "a model behind OpenAI's completions API",
  declare: command =>
    withPrecision(withEngine(command))
      .argument('<model>', 'a Hugging Face folder, a GGUF file, or a checkpoint of a run')
      .option('--host <address>', 'the address to listen on; beyond this machine only with a key', '127.0.0.1')
      .option('--port <number>', '0 takes a free one', whole(0), 8000)
      .option('--api-key <key>', 'ask clients for this key (or REST_EM_API_KEY in the environment)')
      .option('--insecure', 'serve other machines without a key')
      .option('--model-name <name>', 'what clients call the model (default: the name of its folder or file)')
      .option('--context <tokens>', "longest prompt and completion together (default: the model's, at most 2048)", whole(2))
      .option('--max-queue <count>', 'completions that may wait; beyond that clients are sent away (429)', whole(0), 512)
      .option('--cache-gb <number>', 'memory for keys and values of what is under way', between(0.01, 1024), 2)
      .option('--grace <seconds>', 'time to finish what is under way after Ctrl-C', between(0, 86_400), 10)
      .option('--log', 'a line on standard error for every answer')
      .option('--json', 'say where it listens as JSON'),
  async act([argument = ''], options, context) {
    const key = keyOf(options, context);
    const { modelPath } = await import('./model-path.ts');
    const { inspectModel } = await import('../config/model.ts');
    const { createServer } = await import('../serve/server.ts');
    const { deviceOf, precisionOf, threadsOf } = await import('./engine.ts');
    const path = await modelPath(argument, context);
    const { tokenizer, config } = await inspectModel(path);
    const model = {
      name: String(options.modelName ?? nameOf(path)),
      aliases: [argument, path],
      tokenizer,
      vocab: config.vocab,
      context: contextOf(options, config.maxPositions),
    };
    const server = await createServer({
      path,
      model,
      key,
      threads: threadsOf(options),
      precision: precisionOf(options),
      device: await deviceOf(options, context),
      rows: typeof options.rows === 'number' ? options.rows : DEFAULT_ROWS,
      queue: Number(options.maxQueue),
      cacheBytes: Number(options.cacheGb) * 1e9,
      clock: context.clock,
      chance: () => randomInt(2 ** 32),
      onFailure: error => context.err(`rest-em: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`),
      ...(options.log === true && { onAnswer: (method, where, status) => context.err(`${status} ${method} ${where}\n`) }),
    });
    await serveUntilStopped(server, model.name, options, context);
  },
};

type Server = Awaited<ReturnType<typeof import('../serve/server.ts').createServer>>;

async function serveUntilStopped(server: Server, name: string, options: Options, context: Context): Promise<void> {
  const port = Number(options.port);
  const host = String(options.host);
  let isClean = true;
  try {
    const where = await server.listen(port, host).catch((error: NodeJS.ErrnoException) => {
      throw new ConfigError({ field: `${host}:${port}`, message: `cannot be listened on: ${error.code ?? error.message}; try --port 0` });
    });
    context.out(
      options.json
        ? `${JSON.stringify({ url: `${where.url}/v1`, port: where.port, model: name })}\n`
        : `${name} at ${where.url}/v1 (Ctrl-C stops it)\n`,
    );
    await Promise.race([server.ended, aborted(context.signal)]);
    if (context.signal.aborted) context.err(`stopping: what is under way has ${options.grace} s to finish; Ctrl-C again does not wait\n`);
  } finally {
    isClean = await server.close(Number(options.grace) * 1000);
  }
  if (!isClean) throw new Interrupted('stopped; some answers were cut off');
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));

/** A checkpoint of a run is named after the folder above. */
function nameOf(path: string): string {
  const parts = path.split(/[\\/]/).filter(part => part !== '');
  return parts.at(-1) === 'checkpoint' && parts.length > 2 ? parts.slice(-3, -1).join('/') : basename(path).replace(/\.gguf$/i, '');
}

function contextOf({ context }: Options, positions: number): number {
  if (typeof context !== 'number') return Math.min(USUAL_CONTEXT, positions);
  if (context <= positions) return context;
  throw new ConfigError({ field: '--context', message: `got ${context}; the model has ${positions} positions` });
}

/** Other machines are served with a key, or when it is said in so many words that they need none. */
function keyOf({ apiKey, insecure, host }: Options, { env }: Context): string | null {
  const key = String(apiKey ?? env.REST_EM_API_KEY ?? '');
  if (key !== '') return key;
  if (apiKey !== undefined) throw new ConfigError({ field: '--api-key', message: 'is empty' });
  if (insecure || /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(String(host))) return null;
  throw new ConfigError({
    field: '--host',
    message: `got ${host}, which other machines may reach; accepted: with --api-key KEY, or with --insecure for anybody`,
  });
}
