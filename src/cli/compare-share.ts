// What arms of a comparison have in common, copied from the arm that made it: the measured base, the SFT that several methods start from, and the
// samples of a first E-step with the same sampling. A run by itself would come to the same bytes; here it is spared the time. Copied whole or not
// at all, into a run that has nothing yet; where a part came from is written down beside the runs.
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { firstSamplesKey } from '../config/compare.ts';
import { methodsOf } from '../config/method.ts';
import { readSavedSettings } from '../config/saved.ts';
import { makeWhole, readIfThere, writeWhole } from '../runs/atomic.ts';
import { layoutOf } from '../runs/layout.ts';

interface Part {
  readonly folder: string;
  /** Whether the run in `donor` has made it, and it would be the same in the run of `dir`. */
  isSame(donor: string, dir: string): boolean;
  copy(from: string, to: string): Promise<void>;
}

const wholeFolder = (from: string, to: string): Promise<void> => cp(from, to, { recursive: true });

const measured = (folder: string): Part => ({
  folder,
  isSame: donor => existsSync(layoutOf(donor).policy(folder).evaluation),
  copy: wholeFolder,
});

const PARTS: readonly Part[] = [
  measured('base'),
  measured('base-best-prompt'),
  {
    folder: 'sft',
    isSame: (donor, dir) => startsFromSft(dir) && existsSync(layoutOf(donor).policy('sft').checkpoint),
    copy: wholeFolder,
  },
  {
    folder: 'iteration-1',
    isSame: (donor, dir) => existsSync(layoutOf(donor).policy('iteration-1').fit) && hasSameSamples(donor, dir),
    copy: async (from, to) => {
      await mkdir(to);
      await copyFile(join(from, 'samples-train.jsonl'), join(to, 'samples-train.jsonl'));
    },
  },
];

const startsFromSft = (dir: string): boolean => methodsOf(readSavedSettings(dir)).method.start === 'sft';

function hasSameSamples(donor: string, dir: string): boolean {
  const key = firstSamplesKey(readSavedSettings(dir));
  return key !== null && key === firstSamplesKey(readSavedSettings(donor));
}

/** Copies into the new run in `dir` what one of `donors` has made already. */
export async function shareParts(donors: readonly string[], dir: string): Promise<void> {
  const shared: Record<string, string> = {};
  for (const { folder, isSame, copy } of PARTS) {
    const donor = donors.find(each => isSame(each, dir));
    if (donor === undefined) continue;
    await makeWhole(join(dir, folder), temporary => copy(join(donor, folder), temporary));
    shared[folder] = basename(donor);
  }
  const file = join(dirname(dir), 'shared.json');
  const before = JSON.parse((await readIfThere(file)) ?? '{}') as Record<string, unknown>;
  await writeWhole(file, `${JSON.stringify({ ...before, [basename(dir)]: shared }, null, 2)}\n`);
}
