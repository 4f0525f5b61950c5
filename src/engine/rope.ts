// RoPE's angles (arXiv 2104.09864): position times a frequency for each pair of a head's numbers. Models for long texts stretch the frequencies:
//   linear   all divided by one factor (arXiv 2306.15595)
//   llama3   the slow ones divided, the fast ones kept, a ramp between them (Llama 3.1)
//   factors  each divided by its own number: what GGUF keeps as rope_freqs.weight
//   dynamic  kept as they are up to the announced length, beyond which they would change with every token (NTK): we never go there
// YaRN and LongRoPE are not here: what they do depends on more than the model's file says, or on the length of the text.
export type RopeScaling =
  | { readonly kind: 'linear'; readonly factor: number }
  | { readonly kind: 'dynamic'; readonly factor: number }
  | ({ readonly kind: 'llama3' } & Llama3Scaling)
  | { readonly kind: 'factors'; readonly factors: readonly number[] };

export interface Llama3Scaling {
  readonly factor: number;
  /** Turns within the original context below which a frequency is slow, and from which it is fast. */
  readonly low: number;
  readonly high: number;
  /** Tokens. */
  readonly original: number;
}

interface Rope {
  readonly headDim: number;
  readonly ropeTheta: number;
  readonly scaling?: RopeScaling;
}

const plainFrequencies = ({ headDim, ropeTheta }: Rope): number[] => {
  const half = headDim / 2;
  return Array.from({ length: half }, (_, i) => ropeTheta ** (-i / half));
};

/** What a frequency is divided by. */
function llama3Factor(frequency: number, { factor, low, high, original }: Llama3Scaling): number {
  const turns = (original * frequency) / (2 * Math.PI);
  if (turns < low) return factor;
  if (turns > high) return 1;
  const smooth = (turns - low) / (high - low);
  return 1 / ((1 - smooth) / factor + smooth);
}

/** What each frequency is divided by, [headDim / 2]. */
export function ropeFactors(rope: Rope): number[] {
  const { scaling } = rope;
  const plain = plainFrequencies(rope);
  if (scaling === undefined || scaling.kind === 'dynamic') return plain.map(() => 1);
  if (scaling.kind === 'linear') return plain.map(() => scaling.factor);
  if (scaling.kind === 'factors') return [...scaling.factors];
  return plain.map(frequency => llama3Factor(frequency, scaling));
}

/** Radians a position, [headDim / 2]; in float64. */
export function frequencies(rope: Rope): number[] {
  const factors = ropeFactors(rope);
  return plainFrequencies(rope).map((frequency, i) => frequency / factors[i]!);
}

/** As in every Llama 3. */
const USUAL = { low: 1, high: 4 };

/**
 * The Llama 3 scaling that gives these factors to float32's precision, or null. On the ramp a factor says how many turns there are, on a scale that the
 * bounds set; only ratios can be seen, so where the bounds are not the usual ones the low one is taken to be 1.
 */
export function llama3ScalingOf(rope: Omit<Rope, 'scaling'>, factors: readonly number[]): RopeScaling | null {
  if (factors.length !== rope.headDim / 2) return null;
  const plain = plainFrequencies(rope);
  const factor = Math.max(...factors);
  const ramp = factors.flatMap((f, i) =>
    f > 1 && f < factor ? [{ frequency: plain[i]! / (2 * Math.PI), smooth: (1 / f - 1 / factor) / (1 - 1 / factor) }] : [],
  );
  const [first, last] = [ramp[0], ramp.at(-1)];
  if (first === undefined || last === undefined) return null;
  const usual = { factor, ...USUAL, original: tidy((first.smooth * (USUAL.high - USUAL.low) + USUAL.low) / first.frequency) };
  const slope = (first.smooth - last.smooth) / (first.frequency - last.frequency); // original / (high - low)
  const high = tidy(1 - 1 / (first.smooth - slope * first.frequency));
  const solved = { factor, low: 1, high, original: tidy(slope * (high - 1)) };
  const gives = (scaling: Llama3Scaling) => plain.every((f, i) => Math.abs(llama3Factor(f, scaling) - factors[i]!) <= 1e-6 * factors[i]!);
  const found = [usual, solved].find(gives);
  return found ? { kind: 'llama3', ...found } : null;
}

/** The whole number that was meant, where one is near. */
const tidy = (x: number): number => (Math.abs(x - Math.round(x)) < 1e-3 * x ? Math.round(x) : x);
