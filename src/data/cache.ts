// The Hub's own cache on disk, so that what Python has pulled is found here and the other way round:
//   HUB/datasets--openai--gsm8k/refs/main            the commit a branch stood for
//                              /blobs/ETAG           bytes
//                              /snapshots/COMMIT/…   the files of a commit, links into blobs
// A repository is named with its kind: datasets/openai/gsm8k, models/openai-community/gpt2. Paths and reading only; what writes them is download.ts.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The folder of a repository in the cache. */
export const repoFolder = (hubCache: string, repo: string): string => join(hubCache, repo.replaceAll('/', '--'));

export const blobPath = (hubCache: string, repo: string, etag: string): string => join(repoFolder(hubCache, repo), 'blobs', etag);

export const snapshotPath = (hubCache: string, repo: string, commit: string): string =>
  join(repoFolder(hubCache, repo), 'snapshots', commit);

export const refPath = (hubCache: string, repo: string, revision: string): string => join(repoFolder(hubCache, repo), 'refs', revision);

/** The commit that a revision stood for when it was last pulled; null when it never was. */
export function cachedCommit(hubCache: string, repo: string, revision: string): string | null {
  if (existsSync(snapshotPath(hubCache, repo, revision))) return revision;
  const ref = refPath(hubCache, repo, revision);
  const commit = existsSync(ref) ? readFileSync(ref, 'utf8').trim() : '';
  return commit !== '' && existsSync(snapshotPath(hubCache, repo, commit)) ? commit : null;
}

/** The files of a snapshot that are whole, by their names in the repository, sorted. */
export function cachedFiles(hubCache: string, repo: string, commit: string): string[] {
  const root = snapshotPath(hubCache, repo, commit);
  if (!existsSync(root)) return [];
  const all = readdirSync(root, { recursive: true, encoding: 'utf8' }).map(name => join(root, name));
  const files = all.filter(path => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  return files.map(path => relative(root, path).split(sep).join('/')).sort();
}
