// All methods by name. A new one is a file like rest-em.ts and a row here; its key is its name.
import { expertIteration } from './expert-iteration.ts';
import { iml } from './iml.ts';
import type { Method } from './method.ts';
import { raft } from './raft.ts';
import { random } from './random.ts';
import { rest } from './rest.ts';
import { restEm } from './rest-em.ts';
import { rft } from './rft.ts';
import { rwr } from './rwr.ts';
import { sft } from './sft.ts';
import { star } from './star.ts';

export type MethodName = 'rest-em' | 'rest' | 'star' | 'rft' | 'expert-iteration' | 'iml' | 'rwr' | 'raft' | 'sft' | 'random';

export const METHODS: Readonly<Record<MethodName, Method>> = {
  'rest-em': restEm,
  rest,
  star,
  rft,
  'expert-iteration': expertIteration,
  iml,
  rwr,
  raft,
  sft,
  random,
};
