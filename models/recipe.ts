// The command that makes a base model we ship: `node models/recipe.ts tiny-s [FOLDER]`. Without a folder it replaces models/tiny-s.
import { join } from 'node:path';
import { openEngine } from './engine.ts';
import { makeModel } from './make-model.ts';
import { type SizeName, sizes } from './sizes.ts';

const [name = '', folder] = process.argv.slice(2);

if (!Object.hasOwn(sizes, name)) {
  console.error(`usage: node models/recipe.ts ${Object.keys(sizes).join('|')} [FOLDER]`);
  process.exit(2);
}

const size = sizes[name as SizeName];
const started = performance.now();

await makeModel({
  size,
  openEngine,
  out: folder ?? join(import.meta.dirname, name),
  onStep({ step, loss, tokens }) {
    if (step % 20 !== 0) return;
    const seconds = (performance.now() - started) / 1000;
    const left = (seconds / step) * (size.schedule.steps - step);
    console.log(
      `step ${step}/${size.schedule.steps}  loss ${loss.toFixed(3)}  ${Math.round(tokens / seconds)} tokens/s  ${Math.round(left / 60)} min left`,
    );
  },
});
console.log(`made in ${Math.round((performance.now() - started) / 1000)} s`);
