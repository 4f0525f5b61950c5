// From a file and the --set of a command line to settings. TypeScript and JavaScript files are imported (default export), YAML and JSON parsed.
// Relative paths (the model, the files of a task) count from the folder of the file that names them; those of --set from where the
// command was given. Nothing is opened here but the configuration itself.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { hubModelPath, isHubModel } from '../data/models.ts';
import { ConfigError } from '../errors.ts';
import { camelKeys, isPlain } from './keys.ts';
import { parseSettings, type Settings } from './parse.ts';
import { withPulled } from './pulled.ts';
import { parseSetting, type Setting, withSetting } from './set.ts';

/** Settings that name files. */
const FILE_SETTINGS = ['model', 'task.train', 'task.test', 'task.shotsFile', 'task.file'];

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0]!;

async function importDefault(file: string): Promise<unknown> {
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href);
  if (module.default !== undefined) return module.default;
  throw new Error('it has no default export; write `export default defineConfig({ … })`');
}

const parseText = (file: string): unknown => parse(readFileSync(file, 'utf8'));

const READERS: Readonly<Record<string, (file: string) => unknown>> = {
  '.ts': importDefault,
  '.mts': importDefault,
  '.js': importDefault,
  '.mjs': importDefault,
  '.yaml': parseText,
  '.yml': parseText,
  '.json': parseText,
};

/** What a configuration file says, as it stands. Throws ConfigError. */
export async function readConfigFile(file: string): Promise<unknown> {
  const read = READERS[extname(file).toLowerCase()];
  if (!existsSync(file)) throw new ConfigError({ field: file, message: 'there is no such file' });
  if (!read) throw new ConfigError({ field: file, message: `no configuration; accepted: ${Object.keys(READERS).join(', ')}` });
  let value: unknown;
  try {
    value = await read(file);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError({ field: file, message: `cannot be read: ${firstLine(cause)}` });
  }
  if (!isPlain(value)) throw new ConfigError({ field: file, message: 'holds no settings; model and task are required' });
  return value;
}

const at = (value: unknown, path: readonly string[]) => path.reduce<unknown>((v, key) => (isPlain(v) ? v[key] : undefined), value);

const anchoredFile = (value: unknown, folder: string): unknown =>
  Array.isArray(value)
    ? value.map(file => anchoredFile(file, folder))
    : typeof value === 'string' && value !== '' && !isHubModel(value)
      ? resolve(folder, value)
      : value;

/** Relative paths counted from `folder`. */
function anchored(settings: unknown, folder: string): unknown {
  return FILE_SETTINGS.reduce((all, name) => {
    const path = name.split('.');
    const value = at(all, path);
    if (value === undefined) return all;
    return withSetting(all, { path, value: anchoredFile(value, folder) });
  }, settings);
}

/** `minimath` of `examples/minimath.config.ts`. */
const nameOf = (file: string) =>
  basename(file, extname(file))
    .replace(/\.config$/, '')
    .replace(/^rest-em$/, basename(dirname(file)));

export interface Loaded {
  readonly settings: Settings;
  /** The configuration's file, absolute. */
  readonly file: string;
}

export interface LoadOptions {
  readonly cwd: string;
  /** What --set says, in its order. */
  readonly set?: readonly string[];
  /** Laid over everything else; paths absolute. */
  readonly also?: readonly Setting[];
  /** The cache of the Hugging Face Hub, where a task named by its data set finds its files, and hf:owner/name its model. */
  readonly hubCache?: string;
}

/** Settings laid over those of a file; paths among them count from `cwd`. Throws ConfigError. */
export function laidOver(written: unknown, { cwd, set = [], also = [], hubCache }: LoadOptions): unknown {
  const fromHere = set.map(parseSetting).map(({ path, value }) => {
    return { path, value: FILE_SETTINGS.includes(path.join('.')) ? anchoredFile(value, cwd) : value };
  });
  const laid = withHubModel([...fromHere, ...also].reduce(withSetting, written), hubCache);
  return isPlain(laid) && laid.task !== undefined ? { ...laid, task: withPulled(laid.task, hubCache) } : laid;
}

/** `model: hf:owner/name` as the path of what was pulled. */
const withHubModel = (settings: unknown, hubCache: string | undefined): unknown =>
  isPlain(settings) && typeof settings.model === 'string' && isHubModel(settings.model) && hubCache !== undefined
    ? { ...settings, model: hubModelPath(settings.model, hubCache) }
    : settings;

/** Reads a configuration file and lays `set` over it. Throws ConfigError with every complaint there is. */
export async function loadConfig(path: string, options: LoadOptions): Promise<Loaded> {
  const file = resolve(options.cwd, path);
  const written = anchored(camelKeys(await readConfigFile(file)), dirname(file));
  const raw = { name: nameOf(file), ...(laidOver(written, options) as object) };
  return { settings: parseSettings(raw), file };
}
