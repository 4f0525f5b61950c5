// Tokens of a training batch where the settings name none: chosen once, when a run begins, and written down with it.
import { tokensWithin, USUAL_TOKENS } from '../engine/footprint.ts';
import { adapterShapes, loraShape } from '../engine/lora/adapter.ts';
import type { LoraSettings } from '../requests.ts';
import type { InspectedModel } from './model.ts';

/** What is usual for the model, or less where free memory is short of it. */
export function fitTokens({ config }: InspectedModel, lora: LoraSettings | undefined, freeBytes: number | undefined): number {
  if (freeBytes === undefined) return USUAL_TOKENS;
  if (!lora) return tokensWithin(config, freeBytes);
  const trained = adapterShapes(config, loraShape(lora)).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return tokensWithin(config, freeBytes, trained);
}
