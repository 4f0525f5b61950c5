// A data set of the Hub, here: what is in the cache is used, what is missing is downloaded; offline only the cache counts.
import { join } from 'node:path';
import { ConfigError, DataError } from '../errors.ts';
import { cachedCommit, cachedFiles, snapshotPath } from './cache.ts';
import { fetchToCache, writeRef } from './download.ts';
import { type Hub, readRevision } from './hub.ts';
import { DATA_SETS, type Source } from './sets.ts';

export interface PullOptions {
  readonly hub: Hub;
  readonly hubCache: string;
  /** No network: what is not in the cache is an error. */
  readonly isOffline: boolean;
  readonly revision: string;
  /** Told of every file before it is fetched. */
  onFile?(file: string): void;
}

export interface Pulled {
  /** The setting that names these files (train, test, shotsFile), or 'all' for a data set named by its id. */
  readonly split: string;
  readonly repo: string;
  readonly commit: string;
  /** Absolute paths, in the order of their names. */
  readonly files: readonly string[];
}

const ANY_ROWS = /\.(?:parquet|jsonl|csv)$/;

/** Where the splits of a set are; its id stands for all of its files. Throws ConfigError for a name nobody knows. */
function sourcesOf(name: string): (readonly [string, Source])[] {
  const set = Object.hasOwn(DATA_SETS, name) ? DATA_SETS[name] : undefined;
  if (set) {
    const found = Object.entries(set.files);
    if (found.length > 0) return found;
    throw new ConfigError({ field: name, message: `is not pulled: ${set.about}. Columns: ${set.columns}` });
  }
  if (/^[\w.-]+\/[\w.-]+$/.test(name) && !name.includes('..')) return [['all', { repo: name, files: ANY_ROWS }]];
  throw new ConfigError({
    field: name,
    message: `no data set we know; known: ${Object.keys(DATA_SETS).join(', ')}, or an id such as openai/gsm8k`,
  });
}

/** Brings the files of a set into the cache. Throws ConfigError, DataError. */
export async function pull(name: string, options: PullOptions): Promise<readonly Pulled[]> {
  const pulled: Pulled[] = [];
  for (const [split, source] of sourcesOf(name))
    pulled.push({ split, repo: source.repo, ...(await (options.isOffline ? fromCache : fromHub)(name, source, options)) });
  return pulled;
}

type Files = Pick<Pulled, 'commit' | 'files'>;

const dataset = (repo: string) => `datasets/${repo}`;

async function fromCache(name: string, { repo, files }: Source, { hubCache, revision }: PullOptions): Promise<Files> {
  const commit = cachedCommit(hubCache, dataset(repo), revision);
  const found = commit === null ? [] : cachedFiles(hubCache, dataset(repo), commit).filter(file => files.test(file));
  if (commit === null || found.length === 0)
    throw new DataError(
      `${repo} is not in ${hubCache}, and HF_HUB_OFFLINE is set: pull ${name} where there is a network and copy that folder, or give local files (train: FILE, test: FILE)`,
    );
  return { commit, files: found.map(file => join(snapshotPath(hubCache, dataset(repo), commit), file)) };
}

async function fromHub(_: string, { repo, files }: Source, options: PullOptions): Promise<Files> {
  const { hubCache, revision, onFile } = options;
  const hub = { ...options.hub, otherwise: 'a task takes local files as well: train: FILE, test: FILE' };
  const { commit, files: all } = await readRevision(hub, dataset(repo), revision);
  const wanted = all.filter(file => files.test(file)).sort();
  if (wanted.length === 0) throw new DataError(`${repo} has no file ${files}; it has ${all.slice(0, 20).join(', ')}`);
  const paths: string[] = [];
  for (const file of wanted) {
    onFile?.(`${repo}/${file}`);
    paths.push(await fetchToCache(hub, hubCache, { repo: dataset(repo), commit, file }));
  }
  // Named last, so that a revision never points at files that are not all there.
  if (revision !== commit) await writeRef(hubCache, dataset(repo), revision, commit);
  return { commit, files: paths };
}

/** The files of each split of a set, as far as they have been pulled; no network. */
export function pulledFiles(name: string, hubCache: string): Readonly<Record<string, readonly string[]>> {
  const sources = Object.hasOwn(DATA_SETS, name) ? Object.entries(DATA_SETS[name]!.files) : [];
  return Object.fromEntries(
    sources.flatMap(([split, { repo, files }]) => {
      const commit = cachedCommit(hubCache, dataset(repo), 'main');
      const found = commit === null ? [] : cachedFiles(hubCache, dataset(repo), commit).filter(file => files.test(file));
      return commit === null || found.length === 0
        ? []
        : [[split, found.map(file => join(snapshotPath(hubCache, dataset(repo), commit), file))] as const];
    }),
  );
}
