// A model of the Hub, here: a Hugging Face folder (the files that we read, nothing else that lies beside them) or one GGUF file. Small files come
// first and are looked at before the weights are fetched: a model that we cannot compute costs kilobytes, not gigabytes.
import { join } from 'node:path';
import { ConfigError, DataError } from '../errors.ts';
import { cachedCommit, cachedFiles, snapshotPath } from './cache.ts';
import { fetchToCache, writeRef } from './download.ts';
import { type Hub, idOf, readRevision } from './hub.ts';

export interface ModelName {
  /** owner/name */
  readonly id: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
  /** The GGUF file wanted, or a part of its name; null: the folder, or the only GGUF file of a repository that has no folder. */
  readonly file: string | null;
}

export interface PullModelOptions {
  readonly hub: Hub;
  readonly hubCache: string;
  readonly isOffline: boolean;
  /** Told of every file before it is fetched. */
  onFile?(file: string): void;
  /** Looks at a folder that holds all but the weights. Throws where they need not be fetched. */
  checkFolder?(path: string): Promise<void>;
}

export interface PulledModel {
  readonly id: string;
  readonly commit: string;
  /** What to open: the folder, or the GGUF file. */
  readonly path: string;
  /** Absolute. */
  readonly files: readonly string[];
}

const SMALL =
  /^(config|generation_config|tokenizer|tokenizer_config|special_tokens_map|model\.safetensors\.index)\.json$|^chat_template\.jinja$/;
const WEIGHTS = /^model(-\d+-of-\d+)?\.safetensors$/;
const GGUF = /\.gguf$/i;

const repoOf = ({ id }: ModelName): string => `models/${id}`;

/** How a setting or an argument that names a model says that it is one of the Hub. */
const PREFIX = 'hf:';

export const isHubModel = (text: string): boolean => text.startsWith(PREFIX);

/** Where the model that `hf:owner/name` names lies in the cache. Throws ConfigError where it was not pulled. */
export function hubModelPath(text: string, hubCache: string): string {
  try {
    return cachedModel(parseModelName(text.slice(PREFIX.length)), hubCache).path;
  } catch (error) {
    throw error instanceof DataError ? new ConfigError({ field: text, message: error.message }) : error;
  }
}

/** `owner/name`, `owner/name@revision`, `owner/name:part-of-a-file.gguf`. Throws ConfigError. */
export function parseModelName(text: string): ModelName {
  const found = /^([\w.-]+(?:\/[\w.-]+)?)(?:@([\w./-]+))?(?::([\w.+-][\w./+-]*))?$/.exec(text);
  if (found === null || text.includes('..'))
    throw new ConfigError({
      field: text,
      message: 'is no name of a model on the Hub; accepted: owner/name, owner/name@revision, owner/name:file.gguf',
    });
  return { id: found[1]!, revision: found[2] ?? 'main', file: found[3] ?? null };
}

/** Brings a model into the cache. Throws ConfigError, DataError, and what `checkFolder` throws. */
export async function pullModel(name: ModelName, options: PullModelOptions): Promise<PulledModel> {
  if (options.isOffline) return cachedModel(name, options.hubCache);
  const hub: Hub = { otherwise: 'a folder or a GGUF file on this machine will do as well', ...options.hub };
  const repo = repoOf(name);
  const { commit, files } = await readRevision(hub, repo, name.revision);
  const fetch = async (file: string): Promise<string> => {
    options.onFile?.(`${name.id}/${file}`);
    return fetchToCache(hub, options.hubCache, { repo, commit, file });
  };
  const wanted = filesOf(name, files);
  const folder = snapshotPath(options.hubCache, repo, commit);
  const paths: string[] = [];
  for (const file of wanted.small) paths.push(await fetch(file));
  if (wanted.small.length > 0) await options.checkFolder?.(folder);
  for (const file of wanted.weights) paths.push(await fetch(file));
  // Named last, so that a revision never points at files that are not all there.
  if (name.revision !== commit) await writeRef(options.hubCache, repo, name.revision, commit);
  return { id: name.id, commit, path: wanted.small.length > 0 ? folder : paths[0]!, files: paths };
}

interface Wanted {
  readonly small: readonly string[];
  readonly weights: readonly string[];
}

/** What of a repository makes the model. Throws DataError where it has none that we read, or more than one. */
function filesOf({ id, file }: ModelName, files: readonly string[]): Wanted {
  const ggufs = files.filter(name => GGUF.test(name)).sort();
  const shards = files.filter(name => WEIGHTS.test(name)).sort();
  const isFolder = files.includes('config.json') && shards.length > 0;
  if (file === null && isFolder) {
    // An index rules where there is one, as it does when the folder is opened.
    const hasIndex = files.includes('model.safetensors.index.json');
    const weights = shards.filter(name => !hasIndex || name !== 'model.safetensors' || shards.length === 1);
    return { small: files.filter(name => SMALL.test(name)).sort(), weights };
  }
  const meant = file === null ? ggufs : ggufsNamed(ggufs, file);
  if (meant.length === 1) return { small: [], weights: meant };
  const has = ggufs.length > 0 ? `it has ${ggufs.join(', ')}` : `it has ${files.slice(0, 20).join(', ') || 'no files'}`;
  if (file !== null) throw new DataError(`${id}: ${meant.length === 0 ? 'no' : 'more than one'} GGUF file is called ${file}; ${has}`);
  if (ggufs.length > 1) throw new DataError(`${id} has several GGUF files; name one of them: ${ggufs.join(', ')}`);
  throw new DataError(`${id} has neither model.safetensors nor a GGUF file, which is what we read; ${has}`);
}

/** By its whole name, else by a part of it in any case. */
function ggufsNamed(ggufs: readonly string[], part: string): readonly string[] {
  return ggufs.includes(part) ? [part] : ggufs.filter(name => name.toLowerCase().includes(part.toLowerCase()));
}

/** A model that has been pulled; no network. Throws DataError where it is not here whole. */
export function cachedModel(name: ModelName, hubCache: string): PulledModel {
  const repo = repoOf(name);
  const commit = cachedCommit(hubCache, repo, name.revision);
  const all = commit === null ? [] : cachedFiles(hubCache, repo, commit);
  if (commit === null || !all.some(file => WEIGHTS.test(file) || GGUF.test(file)))
    throw new DataError(
      `${idOf(repo)} is not in ${hubCache}: rest-em models pull ${name.id} where there is a network, and copy that folder where there is none`,
    );
  const folder = snapshotPath(hubCache, repo, commit);
  const { small, weights } = filesOf(name, all);
  const files = [...small, ...weights].map(file => join(folder, file));
  return { id: name.id, commit, path: small.length > 0 ? folder : files[0]!, files };
}
