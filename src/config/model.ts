// What can be known of a model before it works: its shape, its size, and whether the prompts it will be asked fit into its positions.
import { type ModelConfig, weightShapes } from '../engine/architecture.ts';
import { promptIds } from '../engine/tokenizer/prompt-ids.ts';
import type { Tokenizer } from '../engine/tokenizer/tokenizer.ts';
import { openSidecars } from '../engine/weights/folder.ts';
import { openModel } from '../engine/weights/open.ts';
import type { SourceAdapter } from '../engine/weights/source.ts';
import type { Complaint } from '../errors.ts';
import type { Prompt } from '../prompt.ts';

export interface InspectedModel {
  readonly config: ModelConfig;
  readonly parameters: number;
  readonly tokenizer: Tokenizer;
  /** Where the model is an adapter with its base. */
  readonly adapter?: SourceAdapter;
}

/** Opens a model far enough to know what it is. Throws ModelError. */
export async function inspectModel(path: string): Promise<InspectedModel> {
  const source = await openModel(path);
  await source.close();
  const { config, tokenizer, adapter } = source;
  const sizes = [...weightShapes(config).values()].map(shape => shape.reduce((a, b) => a * b, 1));
  return { config, tokenizer, parameters: sizes.reduce((a, b) => a + b, 0), ...(adapter && { adapter }) };
}

/** Whether a folder whose weights are still to come is a model that we compute. Throws ModelError where it is not. */
export async function checkWithoutWeights(path: string): Promise<void> {
  await openSidecars(path);
}

/** Why a model cannot be asked these prompts; empty when it can. */
export function promptComplaints({ config, tokenizer }: InspectedModel, prompts: readonly Prompt[]): Complaint[] {
  if (!tokenizer.hasChatTemplate && prompts.some(p => p.kind === 'chat')) {
    return [{ field: 'model', message: 'has no chat template, and is asked by chat' }];
  }
  const lengths = prompts.map(prompt => promptIds(tokenizer, prompt).length);
  const longest = lengths.reduce((a, b) => Math.max(a, b), 0);
  const empty = lengths.indexOf(0);
  return [
    ...(empty >= 0
      ? [{ field: `prompt ${empty + 1}`, message: 'is empty, and this tokenizer puts nothing before it: there is nothing to go on from' }]
      : []),
    ...(longest >= config.maxPositions
      ? [{ field: 'model', message: `has ${config.maxPositions} positions; a prompt of ${longest} tokens leaves no room for a completion` }]
      : []),
  ];
}
