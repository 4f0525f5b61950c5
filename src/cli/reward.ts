// rest-em reward test …: is the reward of a task worth training on? Each is a file of its own and a row here.
import type { CliGroup } from './command.ts';
import { rewardTest } from './reward-test.ts';

export const reward: CliGroup = {
  name: 'reward',
  summary: 'whether the rewards of a task can be trusted',
  commands: [rewardTest],
};
