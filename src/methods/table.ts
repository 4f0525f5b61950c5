// All methods by name. A new one is a file like rest-em.ts and a row here; its key is its name.
import type { Method } from './method.ts';
import { random } from './random.ts';
import { restEm } from './rest-em.ts';
import { sft } from './sft.ts';

export type MethodName = 'rest-em' | 'sft' | 'random';

export const METHODS: Readonly<Record<MethodName, Method>> = { 'rest-em': restEm, sft, random };
