// The model in the forms that peers read, each made once, in a folder that is thrown away: by our own export, and in 4 bits by q4-0.ts.
import { join } from 'node:path';
import { exportModel } from '../../src/config/export.ts';
import type { ModelForm } from './peers.ts';
import { writeQ40 } from './q4-0.ts';

export type Forms = (form: ModelForm) => Promise<string>;

export function formsOf(model: string, dir: string): Forms {
  const made = new Map<ModelForm, Promise<string>>();
  const make: Readonly<Record<ModelForm, () => Promise<string>>> = {
    given: async () => model,
    folder: async () => (await exportModel({ path: model, to: join(dir, 'folder'), type: 'f32' })).to,
    f16: async () => (await exportModel({ path: model, to: join(dir, 'f16.gguf'), type: 'f16' })).to,
    q8_0: async () => (await exportModel({ path: model, to: join(dir, 'q8_0.gguf'), type: 'q8_0' })).to,
    q4_0: async () => {
      await writeQ40(await form('f16'), join(dir, 'q4_0.gguf'));
      return join(dir, 'q4_0.gguf');
    },
  };
  const form: Forms = name => made.get(name) ?? made.set(name, make[name]()).get(name)!;
  return form;
}
