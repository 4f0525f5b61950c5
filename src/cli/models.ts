// rest-em models …: models on this machine and on the Hub.
import type { CliGroup } from './command.ts';
import { modelsInfo } from './models-info.ts';
import { modelsPull } from './models-pull.ts';

export const models: CliGroup = {
  name: 'models',
  summary: 'models: what one is and whether it runs here, and pulling one',
  commands: [modelsInfo, modelsPull],
};
