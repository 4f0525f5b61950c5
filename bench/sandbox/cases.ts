// What is measured of the sandbox: one honest program for each way of judging. Small ones, so that the figures are the sandbox's cost.
import { DEFAULT_LIMITS, type Job, type Language } from '../../src/sandbox/backend.ts';

export interface SandboxCase {
  readonly name: string;
  /** Of the candidates asked for, where one takes longer. */
  readonly share: number;
  /** Candidates a second that are wanted on two cores. */
  readonly target: number;
  readonly job: Job;
}

const sum = 'a, b = map(int, input().split())\nprint(a + b)\n';
const add = 'def add(a, b):\n    return a + b\n';
const asserts = ['assert add(1, 2) == 3', 'assert add(2, 2) == 4', 'assert add(-1, 2) == 1'];
const javascriptSum = 'console.log(readline().split(" ").map(Number).reduce((a, b) => a + b))';
const python = { language: 'python', limits: DEFAULT_LIMITS } as const;
const javascript = { language: 'javascript', limits: DEFAULT_LIMITS } as const;
const int = (n: number) => ({ t: 'int', v: String(n) }) as const;

export const CASES: Readonly<Record<Language, readonly SandboxCase[]>> = {
  python: [
    { name: 'stdin and stdout, one test', share: 1, target: 120, job: { ...python, mode: 'stdio', program: sum, inputs: ['3 4\n'] } },
    {
      name: 'stdin and stdout, ten tests',
      share: 0.25,
      target: 30,
      job: { ...python, mode: 'stdio', program: sum, inputs: Array(10).fill('3 4\n') },
    },
    { name: 'a call', share: 0.5, target: 120, job: { ...python, mode: 'call', program: add, fn: 'add', calls: [[int(3), int(4)]] } },
    {
      name: 'three asserts, two sandboxes',
      share: 0.5,
      target: 90,
      job: { ...python, mode: 'assert', program: add, setup: '', asserts },
    },
  ],
  javascript: [
    {
      name: 'JavaScript, one test',
      share: 1,
      target: 150,
      job: { ...javascript, mode: 'stdio', program: javascriptSum, inputs: ['3 4\n'] },
    },
    {
      name: 'JavaScript, a call',
      share: 1,
      target: 150,
      job: { ...javascript, mode: 'call', program: 'const add = (a, b) => a + b', fn: 'add', calls: [[int(3), int(4)]] },
    },
  ],
};
