// A folder with an adapter as a ModelSource: the base it names, with the adapter added to each weight as it is read. What samples, scores, serves or
// exports a model need not know that there is an adapter.

import { join } from 'node:path';
import { ModelError } from '../../errors.ts';
import { addToWeight } from '../lora/merge.ts';
import { makeTokenizer } from '../tokenizer/hugging-face.ts';
import { readSidecars, sidecarNames, tokenizerFiles } from './folder.ts';
import { ADAPTER_CONFIG, adapterModules, isAdapter, openAdapter, readModule } from './peft.ts';
import type { ModelSource } from './source.ts';

/** Of the base alone: what the model is, and how it generates. */
const OF_BASE: readonly string[] = ['config.json', 'generation_config.json'];

/** Opens an adapter with its base by `openBase`. Throws ModelError naming the file at fault. */
export async function openAdapted(path: string, openBase: (path: string) => Promise<ModelSource>): Promise<ModelSource> {
  const adapter = await openAdapter(path);
  try {
    if (await isAdapter(adapter.basePath))
      throw new ModelError(join(path, ADAPTER_CONFIG), `its base ${adapter.basePath} is an adapter itself; export that one merged first`);
    const base = await openBase(adapter.basePath);
    try {
      const modules = adapterModules(adapter, base.config);
      return {
        ...base,
        ...(await ownTokenizer(path, base)),
        path,
        adapter: { base: adapter.basePath, modules, read: module => readModule(adapter, module) },
        read: async name => {
          const weight = await base.read(name);
          const module = name.replace(/\.weight$/, '');
          if (name.endsWith('.weight') && modules.has(module)) addToWeight(weight, await readModule(adapter, module));
          return weight;
        },
        close: async () => {
          await base.close();
          await adapter.file.close();
        },
      };
    } catch (error) {
      await base.close();
      throw error;
    }
  } catch (error) {
    await adapter.file.close();
    throw error;
  }
}

/** An adapter that was saved with a tokenizer is asked with that one: its template may be another. */
async function ownTokenizer(path: string, base: ModelSource): Promise<Partial<ModelSource>> {
  const own = await readSidecars(path);
  if (!own.has('tokenizer.json')) return {};
  const from = (name: string): string | undefined => (OF_BASE.includes(name) ? base.sidecars : own).get(name);
  const sidecars = new Map(sidecarNames.flatMap(name => (from(name) === undefined ? [] : [[name, from(name)!] as const])));
  return { sidecars, tokenizer: makeTokenizer({ ...tokenizerFiles(path, sidecars), config: base.config }) };
}
