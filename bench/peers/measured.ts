// What a peer prints as its last line, and what it was given. Python peers print the same.

export interface Measured {
  /** Completion tokens, the end token counted. */
  readonly tokens: number;
  readonly seconds: number;
  /** Peak memory of the process, bytes. */
  readonly memory: number;
  /** Sampling: completions. */
  readonly completions?: number;
  /** Sampling: ids of all prompts given. They must be as many as ours. */
  readonly promptTokens?: number;
  /** Training: loss of every step, the ones before the clock began included. */
  readonly losses?: readonly number[];
}

/** [model, work file, how much of it]: what every peer is started with. */
export const peerArguments = (): [string, string, number] => {
  const [model = '', work = '', part = ''] = process.argv.slice(2);
  return [model, work, Number(part)];
};

export const print = (measured: Omit<Measured, 'memory'>): void =>
  console.log(JSON.stringify({ ...measured, memory: process.resourceUsage().maxRSS * 1024 }));
