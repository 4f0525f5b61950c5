// Settings of an adapter: defaults, refusals by field, and what cannot stand beside the model.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigError } from '../errors.ts';
import { loraComplaints } from './lora.ts';
import { inspectModel } from './model.ts';
import { parseSettings } from './parse.ts';

const FIXTURES = join(import.meta.dirname, '../engine/fixtures');
const settingsOf = (lora: unknown) => parseSettings({ model: 'x', task: 'minimath', fit: { lora } }).fit.lora;

test('an adapter without settings has those of the schema, and none where nothing is said', () => {
  assert.deepEqual(settingsOf({}), { rank: 16, alpha: 32, targets: 'all-linear' });
  assert.equal(settingsOf(null), null);
  assert.equal(parseSettings({ model: 'x', task: 'minimath' }).fit.lora, undefined);
});

test('what an adapter cannot have is refused by field, all at once', () => {
  const complaintsOf = (lora: unknown): readonly string[] => {
    try {
      settingsOf(lora);
      return [];
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      return error.complaints.map(({ field, message }) => `${field}: ${message}`);
    }
  };
  const said = complaintsOf({ rank: 0, alpha: 'x', targets: ['q'], dropout: 0.1, colour: 1 }).join('\n');
  for (const field of ['rank', 'alpha', 'targets', 'dropout', 'colour']) assert.match(said, new RegExp(`fit\\.lora.*${field}`), field);
  assert.match(said, /without dropout/);
  assert.match(said, /q_proj/);
});

test('a rank beyond the model’s width, and an adapter of another shape, are refused before any work', async () => {
  const base = await inspectModel(join(FIXTURES, 'models/llama-tied'));
  assert.deepEqual(loraComplaints(base, { rank: 64, alpha: 1, targets: 'all-linear' }), []);
  assert.match(loraComplaints(base, { rank: 65, alpha: 1, targets: 'all-linear' })[0]!.message, /got 65; accepted: up to 64/);
  const adapter = await inspectModel(join(FIXTURES, 'training/lora-qv-sum-adapter-after'));
  assert.deepEqual(loraComplaints(adapter, { rank: 4, alpha: 8, targets: ['v_proj', 'q_proj'] }), []);
  assert.match(loraComplaints(adapter, { rank: 4, alpha: 8, targets: 'all-linear' })[0]!.message, /is an adapter already/);
});
