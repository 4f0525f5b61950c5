// Which ids begin and end a text, gathered from tokenizer_config.json, generation_config.json and config.json, which often disagree.
// The tokenizer's own end comes first: it is what the model was trained to write; the others end a completion as well.
import { ModelError } from '../../errors.ts';

type Json = Readonly<Record<string, unknown>>;

/** The special tokens by role (bos_token, eos_token, …) as texts: what templates see. A role may be a string or an object with `content`. */
export function specialTokenTexts(tokenizerConfig: Json | null): Readonly<Record<string, string>> {
  const roles = Object.entries(tokenizerConfig ?? {}).filter(([role]) => /^(bos|eos|unk|pad|sep|cls|mask)_token$/.test(role));
  return Object.fromEntries(roles.flatMap(([role, value]) => (contentOf(value) === null ? [] : [[role, contentOf(value)!]])));
}

function contentOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'content' in value && typeof value.content === 'string') return value.content;
  return null;
}

/** The ids under `key`: a number, a list, or nothing. */
function idsUnder(json: Json | null, key: string): readonly number[] {
  const value = json?.[key];
  return (Array.isArray(value) ? value : [value]).filter((id): id is number => Number.isInteger(id) && Number(id) >= 0);
}

export interface SpecialIds {
  readonly bosId: number | null;
  readonly eosIds: readonly number[];
}

/** Throws ModelError when nothing says which token ends a text: a sampler would run to its limit every time. */
export function findSpecialIds(
  file: string,
  idOf: (token: string) => number | undefined,
  texts: Readonly<Record<string, string>>,
  { tokenizerConfig, generationConfig, configJson }: Readonly<Record<'tokenizerConfig' | 'generationConfig' | 'configJson', Json | null>>,
): SpecialIds {
  const own = (role: string) => (texts[role] === undefined ? undefined : idOf(texts[role]));
  const generation = idsUnder(generationConfig, 'eos_token_id');
  const others = generation.length > 0 ? generation : idsUnder(configJson, 'eos_token_id');
  const eosIds = [...new Set([own('eos_token') ?? [], others].flat())];
  if (eosIds.length === 0) {
    throw new ModelError(
      file,
      'nothing says which token ends a text: eos_token in tokenizer_config.json or eos_token_id in generation_config.json is needed',
    );
  }
  // A tokenizer_config.json without bos_token means none, whatever config.json says (Qwen's does).
  const bosId = tokenizerConfig === null ? idsUnder(configJson, 'bos_token_id')[0] : own('bos_token');
  return { bosId: bosId ?? null, eosIds };
}
