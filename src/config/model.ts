// What can be known of a model before it works: its shape, its size, and whether the prompts it will be asked fit into its positions. The longest
// prompts by characters are tokenised, not all of them: enough to refuse a model that is too short, cheap enough to do every time.
import { type ModelConfig, weightShapes } from '../engine/architecture.ts';
import type { Tokenizer } from '../engine/tokenizer/tokenizer.ts';
import { openModel } from '../engine/weights/open.ts';
import type { Complaint } from '../errors.ts';
import type { Prompt } from '../prompt.ts';

export interface InspectedModel {
  readonly config: ModelConfig;
  readonly parameters: number;
  readonly tokenizer: Tokenizer;
}

/** Opens a model far enough to know what it is. Throws ModelError. */
export async function inspectModel(path: string): Promise<InspectedModel> {
  const source = await openModel(path);
  await source.close();
  const { config, tokenizer } = source;
  const sizes = [...weightShapes(config).values()].map(shape => shape.reduce((a, b) => a * b, 1));
  return { config, tokenizer, parameters: sizes.reduce((a, b) => a + b, 0) };
}

const lengthOf = (prompt: Prompt): number =>
  prompt.kind === 'text' ? prompt.text.length : prompt.messages.reduce((sum, m) => sum + m.content.length, 0);

const tokensOf = (tokenizer: Tokenizer, prompt: Prompt): number =>
  prompt.kind === 'text'
    ? tokenizer.encode(prompt.text).length
    : tokenizer.encode(tokenizer.renderChat(prompt.messages, { addGenerationPrompt: true }), { addSpecial: false }).length;

const LOOKED_AT = 3;

/** Why a model cannot be asked these prompts; empty when it can. */
export function promptComplaints({ config, tokenizer }: InspectedModel, prompts: readonly Prompt[]): Complaint[] {
  if (!tokenizer.hasChatTemplate && prompts.some(p => p.kind === 'chat')) {
    return [{ field: 'model', message: 'has no chat template, and is asked by chat' }];
  }
  const longest = [...prompts].sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, LOOKED_AT);
  const tokens = Math.max(...longest.map(prompt => tokensOf(tokenizer, prompt)));
  const message = `has ${config.maxPositions} positions; a prompt of ${tokens} tokens leaves no room for a completion`;
  return tokens < config.maxPositions ? [] : [{ field: 'model', message }];
}
