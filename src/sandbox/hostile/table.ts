// All hostile programs. A new one is a row in the file of what it attacks.
import { ANSWERS } from './answers.ts';
import type { Hostile } from './hostile.ts';
import { JAVASCRIPT } from './javascript.ts';
import { LIMITS } from './limits.ts';
import { PROCESSES } from './processes.ts';
import { REACH } from './reach.ts';

export const HOSTILE: readonly Hostile[] = [...REACH, ...PROCESSES, ...LIMITS, ...ANSWERS, ...JAVASCRIPT];
