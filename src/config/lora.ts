// Settings of a low-rank adapter against the model it stands beside: what cannot be is found before any work.
import { loraShape } from '../engine/lora/adapter.ts';
import { whyNoStart } from '../engine/lora/start.ts';
import type { Complaint } from '../errors.ts';
import type { LoraSettings } from '../requests.ts';
import type { InspectedModel } from './model.ts';

/** Why these settings cannot be used with the model; empty when they can. */
export function loraComplaints({ config, adapter }: InspectedModel, settings: LoraSettings): Complaint[] {
  const most = Math.min(config.hidden, config.heads * config.headDim);
  const difference = adapter ? whyNoStart(config, adapter, loraShape(settings)) : null;
  return [
    ...(settings.rank > most
      ? [{ field: 'fit.lora.rank', message: `got ${settings.rank}; accepted: up to ${most}, the model's width` }]
      : []),
    ...(difference ? [{ field: 'model', message: difference }] : []),
  ];
}
