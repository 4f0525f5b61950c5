// The problems of minimath: fixed for ever by two seeds, levels in turn, so that any first n problems are a balanced set. No problem is in
// both splits, and `isTaken` lets the generator of pre-training text leave every one of them out: all by hash of the normalised words.
import { createHash } from 'node:crypto';
import { rngOf, seedOf } from '../../random.ts';
import type { Split } from '../task.ts';
import { subjects } from './phrases.ts';
import { makeStory, type Story } from './problem.ts';

export const sizes: Record<Split, number> = { test: 500, train: 2000 };

export const levels = 5;

/** Equal for problems that differ in case or white space only. */
export const hashOf = (question: string): string =>
  createHash('sha256').update(question.toLowerCase().replace(/\s+/g, ' ').trim()).digest('hex').slice(0, 16);

function draw(split: Split, count: number, taken: Set<string>): Story[] {
  const rng = rngOf(seedOf('minimath', split));
  const stories: Story[] = [];
  while (stories.length < count) {
    const i = stories.length;
    const story = makeStory(rng, { steps: 1 + (i % levels), subject: subjects[Math.floor(i / levels) % subjects.length]! });
    const hash = hashOf(story.question);
    if (taken.has(hash)) continue;
    taken.add(hash);
    stories.push(story);
  }
  return stories;
}

export interface Splits {
  readonly stories: Readonly<Record<Split, readonly Story[]>>;
  /** Whether a question is one of the task's own. */
  isTaken(question: string): boolean;
}

/** Both splits; a few hundred milliseconds, so made once. */
export function makeSplits(): Splits {
  const taken = new Set<string>();
  const test = draw('test', sizes.test, taken);
  const train = draw('train', sizes.train, taken);
  return { stories: { test, train }, isTaken: question => taken.has(hashOf(question)) };
}
