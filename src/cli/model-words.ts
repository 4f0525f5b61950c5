// A model's facts as lines of text.
import type { ModelInfo } from '../config/model-info.ts';
import { count, listed, plural } from '../report/words.ts';

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** 98362432 → '98.4 MB' */
export function size(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toPrecision(3)} ${UNITS[power]}`;
}

const known = (n: number | null, noun: string): string[] => (n === null ? [] : [plural(n, noun)]);

function shapeWords(i: ModelInfo): string {
  const layers = i.layers === null ? [] : [`${plural(i.layers, 'layer')}${i.hidden === null ? '' : ` of ${count(i.hidden)}`}`];
  const shared = i.kv_heads === null || i.kv_heads === i.heads ? '' : ` sharing ${count(i.kv_heads)} of keys and values`;
  const heads = i.heads === null ? [] : [`${plural(i.heads, 'head')}${i.head_dim === null ? '' : ` of ${count(i.head_dim)}`}${shared}`];
  const mlp = i.intermediate === null ? [] : [`MLP of ${count(i.intermediate)}`];
  return [...layers, ...heads, ...mlp].join(', ');
}

function architectureWords({ architecture, parameters, extras, tied }: ModelInfo): string {
  const embeddings = tied === null ? [] : [tied ? 'tied embeddings' : 'untied embeddings'];
  return [architecture ?? 'not named', ...known(parameters, 'parameter'), ...embeddings, ...extras].join(', ');
}

function contextWords({ context, announced_context: announced, rope }: ModelInfo): string {
  const window = announced === null ? '' : ` (its sliding window; it announces ${count(announced)})`;
  if (rope === null) return context === null ? '' : `${plural(context, 'token')}${window}`;
  const { scaling } = rope;
  const factor = scaling === null || scaling.kind === 'factors' ? '' : ` by ${scaling.factor}`;
  const scaled = scaling === null ? 'not scaled' : `scaled (${scaling.kind}${factor})`;
  return `${plural(context ?? 0, 'token')}${window}; RoPE ${count(rope.theta)}, ${scaled}`;
}

function storedWords({ types, quantisation, bytes, parameters }: ModelInfo): string {
  const kinds = Object.entries(types ?? {}).sort(([, a], [, b]) => b - a);
  const share = (n: number) => `${((100 * n) / (parameters ?? n)).toPrecision(3)} %`;
  const stored = kinds.length === 1 ? [kinds[0]![0]] : kinds.map(([type, n]) => `${type} (${share(n)})`);
  return [...stored, ...(quantisation === null ? [] : [`quantised: ${quantisation}`]), size(bytes)].join(', ');
}

function tokenizerWords({ tokenizer, vocab, chat_template: hasTemplate }: ModelInfo): string {
  const matrix = vocab === null ? [] : [`${count(vocab)} rows in the matrix`];
  if (tokenizer === null) return ['none', ...matrix].join(', ');
  const ends =
    tokenizer.eos.length === 0
      ? []
      : [`${tokenizer.bos === null ? 'no BOS' : `BOS ${tokenizer.bos}`}, EOS ${listed(tokenizer.eos.map(String))}`];
  const template = hasTemplate ? 'a chat template' : 'no chat template: prompts are plain text';
  return [tokenizer.kind ?? 'of no known kind', ...known(tokenizer.tokens, 'token'), ...matrix, ...ends, template].join(', ');
}

/** Bits of a number in 4 bits, its scale included. */
const FOUR_BITS = 5;

/**
 * Weights are held in fp32, and a fit holds sums of gradients and two moments besides; in 4 bits all matrices are rounded and the embedding's rows are
 * looked up in fp32. Where fp32 does not fit into what is free, it is said.
 */
function memoryWords({ parameters, vocab, hidden, tied }: ModelInfo, freeBytes: number): string {
  const all = parameters ?? 0;
  const embedding = (vocab ?? 0) * (hidden ?? 0);
  const four = 4 * embedding + ((all - (tied ? 0 : embedding)) * FOUR_BITS) / 8;
  const short = 4 * all > freeBytes ? `; ${size(freeBytes)} are free: --precision int4 may fit` : '';
  return `${size(4 * all)} of weights to sample (${size(four)} in 4 bits), ${size(16 * all)} with what a full fit adds, and caches besides${short}`;
}

/** `freeBytes`: memory that may still be taken. */
export function describeModel(info: ModelInfo, freeBytes: number): string {
  const verdict = info.runs ? `yes${info.checked ? '; every number was read' : ''}` : `no: ${info.why}`;
  const rows: readonly (readonly [string, string])[] = [
    ['model', `${info.path} (${info.format})`],
    ['is', architectureWords(info)],
    ['shape', shapeWords(info)],
    ['context', contextWords(info)],
    ['stored as', storedWords(info)],
    ['tokenizer', tokenizerWords(info)],
    ...(info.parameters === null ? [] : ([['memory', memoryWords(info, freeBytes)]] as const)),
    ['runs here', verdict],
  ];
  return `${rows
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${name.padEnd(10)} ${text}`)
    .join('\n')}\n`;
}
