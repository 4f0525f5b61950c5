// A model without its matrices gives each of them when it is asked, the same as a model that has been read whole.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { HeldModel } from './held-model.ts';

const tiny = fileURLToPath(new URL('../../models/tiny-s', import.meta.url));

test('parameters that come one at a time are those of the whole model, each once, and are not kept', async () => {
  const whole = await (await HeldModel.open(tiny)).all();
  const light = await HeldModel.openLight(tiny);
  const seen: string[] = [];
  for await (const [name, data] of light.each()) {
    assert.deepEqual(data, whole.get(name));
    seen.push(name);
  }
  assert.deepEqual(seen.sort(), [...whole.keys()].sort());
  assert.ok(light.light().size < whole.size);
  assert.equal(light.light().has('model.layers.0.qkv'), false);
});
