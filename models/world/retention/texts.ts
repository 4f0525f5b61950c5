// The retention texts: an exercise with its steps, or, where the question says so, with the bare answer.

import { answerMarker } from '../../../src/tasks/minimath/solution.ts';
import { promptOf } from '../../../src/tasks/minimath/task.ts';
import { isReserved } from '../../../src/tasks/reserve.ts';
import type { Source } from '../document.ts';
import { type Skill, skills } from './skills.ts';

export const directly = 'Answer at once.';

/** Documents of one skill, two thirds of them step by step. */
export const retentionTexts =
  (skill: Skill): Source =>
  rng => {
    for (;;) {
      const { question, steps, answer } = skills[skill](rng);
      if (isReserved(question)) continue;
      const result = ` ${answerMarker} ${answer}.`;
      if (rng.next() < 1 / 3) return { prompt: promptOf(`${question} ${directly}`), completion: result };
      return { prompt: promptOf(question), completion: ` ${steps.join('. ')}.${result}` };
    }
  };
