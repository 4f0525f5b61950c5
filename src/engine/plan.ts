// How one batch goes through the model: whole, or in pieces that bound what lives at a time. A pure function of the batch's sizes and of settings, for
// pieces change the last digits. Counts are powers of two, since each combination is a graph of its own.
import type { ModelConfig } from './architecture.ts';
import { type GridSizes, loadOf, sizesOf, tokensOf } from './batches.ts';
import { type Pieces, WHOLE } from './layout.ts';
import type { PackedProblem } from './packing.ts';

export interface Plan {
  /** Pieces of attention's queries. */
  readonly pieces: Pieces;
  /** Pieces of the head's rows. */
  readonly chunks: number;
  /** Whether layers are worked out again for the gradient, and only their inputs kept. */
  readonly recomputes: boolean;
}

/** Numbers that one piece's scores, or one chunk's logits, may have: 64 MB, of which a few copies live. */
const PIECE = 2 ** 24;
/** The same for logits of a training batch that is whole: the head's gradient goes through memory once a chunk. */
const TRAINING_CHUNK = 2 ** 26;

const piecesFor = (numbers: number, most = PIECE): number => 2 ** Math.max(0, Math.ceil(Math.log2(numbers / most)));

const piecesOf = ({ heads }: ModelConfig, { problems, draws, prefix, length }: GridSizes): Pieces => ({
  prefix: Math.min(prefix, piecesFor(heads * problems * prefix ** 2)),
  length: Math.min(length, piecesFor(heads * problems * draws * length * (prefix + length))),
});

const predictedOf = (problems: readonly PackedProblem[]): number =>
  problems.reduce((sum, p) => sum + tokensOf(p) - (p.prompt.length - 1), 0);

/** The plan of a training batch. All within the limit are worked out whole, by one graph; a completion beyond it is cut. */
export const trainingPlan = (c: ModelConfig, batch: readonly PackedProblem[], maxTokens: number): Plan =>
  isWithin(batch, maxTokens)
    ? { pieces: WHOLE, chunks: piecesFor(maxTokens * c.vocab, TRAINING_CHUNK), recomputes: false }
    : { ...cutPlan(c, batch), recomputes: true };

/** The plan of a batch that is scored: nothing is kept for a gradient. */
export const scoringPlan = (c: ModelConfig, batch: readonly PackedProblem[], maxTokens: number): Plan =>
  isWithin(batch, maxTokens)
    ? { pieces: WHOLE, chunks: piecesFor(maxTokens * c.vocab), recomputes: false }
    : { ...cutPlan(c, batch), recomputes: false };

const isWithin = (batch: readonly PackedProblem[], maxTokens: number): boolean =>
  loadOf(
    batch.reduce((sum, p) => sum + tokensOf(p), 0),
    sizesOf(batch),
  ) <= maxTokens;

const cutPlan = (c: ModelConfig, batch: readonly PackedProblem[]) => ({
  pieces: piecesOf(c, sizesOf(batch)),
  chunks: piecesFor(predictedOf(batch) * c.vocab),
});

/** The plan of prompts whose keys and values alone are wanted. */
export const promptPlan = (c: ModelConfig, batch: readonly PackedProblem[]): Plan => ({
  pieces: piecesOf(c, sizesOf(batch)),
  chunks: 1,
  recomputes: false,
});

export const WHOLE_PLAN: Plan = { pieces: WHOLE, chunks: 1, recomputes: false };

/** Whether nothing is cut. */
export const isWhole = ({ pieces, chunks }: Plan): boolean => pieces.prefix * pieces.length * chunks === 1;

const keyOf = ({ pieces, chunks, recomputes }: Plan): string => `${pieces.prefix} ${pieces.length} ${chunks} ${recomputes}`;

interface Closable {
  close(): Promise<void>;
}

/** The graphs of the plans that were met, opened when first asked for. */
export class Planned<P extends Closable> {
  private readonly programs = new Map<string, P>();
  private readonly open: (plan: Plan) => Promise<P>;
  constructor(open: (plan: Plan) => Promise<P>) {
    this.open = open;
  }

  async program(plan: Plan): Promise<P> {
    const known = this.programs.get(keyOf(plan));
    if (known) return known;
    const program = await this.open(plan);
    this.programs.set(keyOf(plan), program);
    return program;
  }

  async close(): Promise<void> {
    for (const program of this.programs.values()) await program.close();
    this.programs.clear();
  }
}
