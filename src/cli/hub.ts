// What the environment says about the Hugging Face Hub, by the names that its own tools use.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Hub } from '../data/hub.ts';
import type { Context } from './command.ts';

const DEFAULT_ENDPOINT = 'https://huggingface.co';

/** The folder of the Hub's cache: HF_HUB_CACHE, else HF_HOME/hub, else ~/.cache/huggingface/hub. */
export function hubCacheOf({ env, cwd }: Pick<Context, 'env' | 'cwd'>): string {
  const home = env.HF_HOME || join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'huggingface');
  return resolve(cwd, env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(home, 'hub'));
}

export function hubOf({ env, signal }: Pick<Context, 'env' | 'signal'>): Hub {
  const token = env.HF_TOKEN || env.HUGGING_FACE_HUB_TOKEN;
  return { endpoint: env.HF_ENDPOINT || DEFAULT_ENDPOINT, signal, ...(token && { token }) };
}

/** Any of the three switches that mean "no network". */
export const isHubOffline = ({ env }: Pick<Context, 'env'>): boolean =>
  [env.HF_HUB_OFFLINE, env.HF_DATASETS_OFFLINE, env.TRANSFORMERS_OFFLINE].some(value => /^(?:1|true|yes|on)$/i.test(value ?? ''));
