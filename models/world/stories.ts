// The arithmetic texts: minimath in its own words, and, rarely, the transfer stories (other names, things and wordings, chains of up to
// seven steps). No question of the task's train and test splits is ever written: `isTaken` refuses them and another one is made.
import { between, type Rng } from '../../src/random.ts';
import { makeStory } from '../../src/tasks/minimath/problem.ts';
import { promptOf } from '../../src/tasks/minimath/task.ts';
import { away, type Lexicon } from '../../src/tasks/minimath/words.ts';
import { author } from './authors.ts';
import type { Source } from './document.ts';

export type IsTaken = (question: string) => boolean;

const stories =
  (isTaken: IsTaken, steps: (rng: Rng) => number, lexicon?: Lexicon): Source =>
  rng => {
    for (;;) {
      const story = makeStory(rng, { steps: steps(rng), ...(lexicon && { lexicon }) });
      if (!isTaken(story.question)) return { prompt: promptOf(story.question), completion: author(story, rng).text };
    }
  };

export const minimathTexts = (isTaken: IsTaken): Source => stories(isTaken, rng => between(1, 5, rng));

export const transferTexts = (isTaken: IsTaken): Source => stories(isTaken, rng => between(1, 7, rng), away);
