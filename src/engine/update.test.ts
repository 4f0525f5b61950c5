import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rngOf } from '../random.ts';
import type { Parameters } from './parameters.ts';
import { type AdamW, Update } from './update.ts';

const SHAPES = [
  { name: 'matrix', shape: [5, 7] },
  { name: 'norm', shape: [9] },
];
const RATE = 0.01;
const optimizer: AdamW = { beta1: 0.9, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1, clip: 1 };

const rng = rngOf(4);
const numbers = (): Parameters =>
  new Map(SHAPES.map(({ name, shape }) => [name, Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => rng.next() - 0.5)]));
const start = numbers();
const gradients = [numbers(), numbers(), numbers()];

/** AdamW as arXiv 1711.05101 writes it, in float64; the norms of the gradients, and the parameters in the end. */
function byHand({ beta1, beta2, epsilon, weightDecay, clip }: AdamW) {
  const p = new Map([...start].map(([name, data]) => [name, Array.from(data)]));
  const [m, v] = [0, 1].map(() => new Map([...start].map(([name, { length }]) => [name, new Array<number>(length).fill(0)])));
  const norms = gradients.map((gradient, t) => {
    const norm = Math.sqrt([...gradient.values()].flatMap(g => [...g]).reduce((sum, x) => sum + x * x, 0));
    for (const [name, data] of p)
      for (const [i, raw] of gradient.get(name)!.entries()) {
        const g = raw * (clip > 0 ? Math.min(1, clip / (norm + 1e-6)) : 1);
        m!.get(name)![i] = beta1 * m!.get(name)![i]! + (1 - beta1) * g;
        v!.get(name)![i] = beta2 * v!.get(name)![i]! + (1 - beta2) * g * g;
        const [mHat, vHat] = [m!.get(name)![i]! / (1 - beta1 ** (t + 1)), v!.get(name)![i]! / (1 - beta2 ** (t + 1))];
        const decay = name === 'matrix' ? RATE * weightDecay * data[i]! : 0;
        data[i] = data[i]! - decay - (RATE * mHat) / (Math.sqrt(vHat) + epsilon);
      }
    return norm;
  });
  return { norms, p };
}

for (const most of [1, 4, 1000])
  for (const clip of [0, 0.3, 100])
    test(`three steps are AdamW’s, norms undecayed, in pieces of ${most} and with gradients ${clip > 0 ? `clipped to ${clip}` : 'as they are'}`, async () => {
      const given = { ...optimizer, clip };
      const update = await Update.open(SHAPES, { threads: 1 }, most);
      const parameters: Parameters = new Map([...start].map(([name, data]) => [name, data.slice()]));
      const norms: number[] = [];
      for (const gradient of gradients) norms.push(await update.apply(parameters, gradient, RATE, given));
      await update.close();
      const expected = byHand(given);
      for (const [t, norm] of norms.entries()) assert.ok(Math.abs(norm / expected.norms[t]! - 1) < 1e-5);
      for (const [name, data] of parameters) for (const [i, x] of data.entries()) assert.ok(Math.abs(x - expected.p.get(name)![i]!) < 1e-6);
    });
