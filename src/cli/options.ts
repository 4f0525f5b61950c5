// Options that several commands share, and how their values are read: a wrong number is refused by commander, in one line, before any work.

import { type Command, InvalidArgumentError, Option } from 'commander';
import { PRECISIONS } from '../requests.ts';

type Parser<T> = (value: string) => T;

/** A whole number, `minimum` or more. */
export const whole =
  (minimum: number): Parser<number> =>
  value => {
    if (/^[+-]?\d+$/.test(value) && Number(value) >= minimum && Number.isSafeInteger(Number(value))) return Number(value);
    throw new InvalidArgumentError(`Accepted: a whole number, ${minimum} or more.`);
  };

/** A number from `low` to `high`, both included. */
export const between =
  (low: number, high: number): Parser<number> =>
  value => {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (number >= low && number <= high) return number;
    throw new InvalidArgumentError(`Accepted: a number from ${low} to ${high}.`);
  };

/** For options that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** 1,2,4 */
export const wholeList: Parser<number[]> = value => value.split(',').map(part => whole(1)(part.trim()));

export const withSet = (command: Command): Command =>
  command.option(
    '--set <name=value>',
    'replace a setting, such as fit.epochs=2 (repeatable; files count from the current folder)',
    collect,
  );

/** The same words as engine.device takes; a wrong one is refused before any work. */
export const withDevice = (command: Command): Command =>
  command.addOption(
    new Option('--device <name>', 'where the engine computes; auto tries cuda, webgpu, cpu (default: cpu)').choices([
      'cpu',
      'webgpu',
      'cuda',
      'auto',
    ]),
  );

export const withEngine = (command: Command): Command =>
  withDevice(command)
    .option('--threads <count>', 'threads of the engine (default: physical cores)', whole(1))
    .option('--rows <count>', 'completions sampled side by side (default: 128)', whole(1));

export const withPrecision = (command: Command): Command =>
  command.addOption(
    new Option(
      '--precision <kind>',
      'what is sampled in; int8 is quicker and near, not equal; int4 takes least memory and is further off; auto: int8 where it is near (default: fp32)',
    ).choices(PRECISIONS),
  );

export const withSampling = (command: Command): Command =>
  withPrecision(command)
    .option('--temperature <number>', '0 is greedy', between(0, 10), 1)
    .option('--top-k <count>', 'keep the k most likely tokens (0: all)', whole(0), 0)
    .option('--top-p <number>', 'keep the most likely tokens up to this mass', positiveShare, 1)
    .option('--seed <number>', 'the same seed, the same completions', whole(0), 1);

function positiveShare(value: string): number {
  const number = between(0, 1)(value);
  if (number > 0) return number;
  throw new InvalidArgumentError('Accepted: a number above 0, at most 1.');
}
