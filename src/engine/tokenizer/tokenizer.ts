// Text to ids and back, as the model's own tokenizer.json says; chat templates as its template says (which then owns BOS).
import type { Message } from '../../prompt.ts';

export interface Tokenizer {
  readonly vocabSize: number;
  readonly bosId: number | null;
  /** Every id that ends a completion (eos of tokenizer and generation config). */
  readonly eosIds: readonly number[];
  /** The id appended to a finished completion in training: the first of `eosIds` that the model itself would write. */
  readonly endId: number;
  encode(text: string, options?: { readonly addSpecial?: boolean }): number[];
  decode(ids: readonly number[], options?: { readonly skipSpecial?: boolean }): string;
  readonly hasChatTemplate: boolean;
  /** Renders a conversation with the model's template (trim_blocks, lstrip_blocks). Throws ModelError when the template does. */
  renderChat(
    messages: readonly Message[],
    options?: { readonly addGenerationPrompt?: boolean; readonly variables?: Readonly<Record<string, unknown>> },
  ): string;
}
