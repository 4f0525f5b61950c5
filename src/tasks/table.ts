// The tasks a configuration can name. A new one is a folder beside this file and a row here.
import { minimath } from './minimath/task.ts';
import type { Task } from './task.ts';

export const TASKS = { minimath } as const satisfies Record<string, Task>;
