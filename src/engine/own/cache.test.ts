// Own keys and values, in both ways they are kept: after any growing, shrinking, copying and clearing, queries meet the columns that were put there, as a
// plain computation in float64 does, exactly or up to the rounding to bytes.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { rngOf } from '../../random.ts';
import type { ModelConfig } from '../architecture.ts';

import { reshape, split } from '../graph/emit.ts';
import { Graph } from '../graph/graph.ts';
import { Program } from '../graph/program.ts';
import { BYTES } from './bytes.ts';
import { OwnCache } from './cache.ts';
import { EXACT } from './exact.ts';
import { OWN, type OwnKind, ROWS } from './kind.ts';

const c = { layers: 1, heads: 6, kvHeads: 2, headDim: 8 } as ModelConfig;
const [groups, d] = [3, c.headDim];
const WIDE = (groups + 2) * d;

/** The scores of a step's queries, what given weights mix, and the new column. */
async function openAttention(kind: OwnKind): Promise<Program> {
  const g = new Graph();
  const all = g.input('qkv', 'float32', [ROWS, c.kvHeads, WIDE]);
  const weights = g.input('shares', 'float32', [ROWS, c.kvHeads, groups, OWN]);
  const [q, k, v] = split(g, all, 2, [groups * d, d, d]);
  const scaled = g.op('Mul', [reshape(g, q!, [ROWS, c.kvHeads, groups, d]), g.scalar(1 / Math.sqrt(d))], [ROWS, c.kvHeads, groups, d]);
  const own = kind.attention(g, c)(0, { all, q: scaled, k: k!, v: v! });
  g.output('scores', own.scores);
  g.output('mixed', own.mix(weights));
  return Program.open(g, { threads: 1 });
}

const rng = rngOf(5);
const normals = (count: number) => Float32Array.from({ length: count }, () => rng.next() + rng.next() + rng.next() - 1.5);

/** Rows beside what is plainly remembered of them: [row][token] has the keys and values of all heads, [kvHeads, WIDE]. */
class Beside {
  readonly rows: Float32Array[][] = [];
  readonly cache: OwnCache;
  private readonly program: Program;
  constructor(program: Program, kind: OwnKind) {
    this.program = program;
    this.cache = new OwnCache(c, kind, 1, 97);
  }

  begin(): void {
    this.cache.makeRoom(this.rows.length);
    this.cache.clear(this.rows.length);
    this.rows.push([]);
  }

  /** One step of all rows: the largest error of scores and of what is mixed, each over the root of the mean square of what it should be. */
  async step(): Promise<number> {
    const count = this.rows.length;
    const width = this.cache.width;
    const qkv = normals(count * c.kvHeads * WIDE);
    const shares = normals(count * c.heads * width).map((x, i) =>
      i % width < this.rows[Math.floor(i / width / c.heads)]!.length ? Math.abs(x) : 0,
    );
    const feeds = new Map([...this.cache.feeds(count), ['qkv', qkv] as const, ['shares', shares] as const]);
    const outputs = await this.program.run(feeds, { rows: count, own: width });
    const [scores, mixed] = ['scores', 'mixed'].map(name => outputs.get(name) as Float32Array);
    const errors: number[][] = [[], []];
    const squares: number[][] = [[], []];
    for (const [r, tokens] of this.rows.entries())
      for (let head = 0; head < c.heads; head++) {
        const [kv, group] = [Math.floor(head / groups), head % groups];
        const at = (from: Float32Array, part: number) => from.subarray(kv * WIDE + part * d, kv * WIDE + (part + 1) * d);
        const q = at(qkv.subarray(r * c.kvHeads * WIDE), group);
        const place = r * c.heads + head;
        const share = shares.subarray(place * width, (place + 1) * width);
        const should = [
          tokens.map(token => at(token, groups).reduce((sum, x, i) => sum + x * q[i]!, 0) / Math.sqrt(d)),
          Array.from(q, (_, i) => tokens.reduce((sum, token, t) => sum + share[t]! * at(token, groups + 1)[i]!, 0)),
        ];
        for (const [part, exact] of should.entries()) {
          const found = part === 0 ? scores!.subarray(place * width) : mixed!.subarray(place * d);
          errors[part]!.push(...exact.map((x, i) => Math.abs(found[i]! - x)));
          squares[part]!.push(...exact.map(x => x * x));
        }
      }
    this.cache.append(outputs, count);
    for (const [r, tokens] of this.rows.entries()) tokens.push(qkv.slice(r * c.kvHeads * WIDE, (r + 1) * c.kvHeads * WIDE));
    return Math.max(
      ...errors.map((e, i) => Math.max(0, ...e) / (Math.sqrt(squares[i]!.reduce((a, b) => a + b, 0) / squares[i]!.length) || 1)),
    );
  }

  async steps(count: number): Promise<number> {
    let worst = 0;
    for (let i = 0; i < count; i++) worst = Math.max(worst, await this.step());
    return worst;
  }

  /** Row `from` is said again at `to`. */
  copy(from: number, to: number): void {
    this.cache.copy(from, to);
    this.rows[to] = [...this.rows[from]!];
  }
}

for (const { name, kind, within } of [
  { name: 'in fp32', kind: EXACT, within: 1e-5 },
  { name: 'in bytes', kind: BYTES, within: 0.04 },
])
  describe(`own keys and values ${name}`, () => {
    let program: Program;
    before(async () => {
      program = await openAttention(kind);
    });
    after(() => program.close());

    test('are met as they were given, by rows of different ages, when room for columns and rows is made', async () => {
      const beside = new Beside(program, kind);
      beside.begin();
      assert.ok((await beside.steps(20)) <= within);
      for (let i = 0; i < 4; i++) {
        beside.begin();
        assert.ok((await beside.steps(5)) <= within);
      }
      assert.ok(beside.cache.width >= 40);
    });

    test('stay when rows are copied, and when columns that only ended rows needed are given back', async () => {
      const beside = new Beside(program, kind);
      for (let i = 0; i < 3; i++) beside.begin();
      await beside.steps(75);
      beside.begin();
      await beside.steps(3);
      beside.copy(3, 1);
      assert.ok((await beside.steps(1)) <= within);
      beside.copy(3, 0);
      beside.rows.length = 2;
      beside.cache.makeRoom(2);
      assert.equal(beside.cache.width, 16);
      assert.ok((await beside.steps(14)) <= within);
    });

    test('a row with nothing of its own gets zeros of it', async () => {
      const beside = new Beside(program, kind);
      beside.begin();
      const qkv = normals(c.kvHeads * WIDE);
      const shares = new Float32Array(c.heads * beside.cache.width);
      const outputs = await program.run(new Map([...beside.cache.feeds(1), ['qkv', qkv] as const, ['shares', shares] as const]), {
        rows: 1,
        own: beside.cache.width,
      });
      assert.ok((outputs.get('mixed') as Float32Array).every(x => x === 0));
    });
  });
