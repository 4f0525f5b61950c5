// A model written for others: a Hugging Face folder, or a GGUF file for llama.cpp, in which an adapter is merged; or an adapter alone. The new thing appears whole or not at all, and nothing that is
// there is overwritten.
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { weightShapes } from '../engine/architecture.ts';
import { writeCheckpoint } from '../engine/weights/checkpoint.ts';
import type { StoredAs } from '../engine/weights/encoders.ts';
import { exportGguf } from '../engine/weights/gguf-export.ts';
import { openModel, readAll } from '../engine/weights/open.ts';
import { copyAdapter } from '../engine/weights/peft-write.ts';
import type { StoredType } from '../engine/weights/safetensors-write.ts';
import type { ModelSource } from '../engine/weights/source.ts';
import { type Complaint, ConfigError, ModelError } from '../errors.ts';

export const EXPORT_TYPES = ['f32', 'bf16', 'f16', 'q8_0'] as const;
export type ExportType = (typeof EXPORT_TYPES)[number];

const STORED: Readonly<Record<ExportType, StoredAs>> = { f32: 'F32', bf16: 'BF16', f16: 'F16', q8_0: 'Q8_0' };

export interface ExportOptions {
  /** The model to open. */
  readonly path: string;
  /** A new folder, or a new file whose name ends in .gguf. */
  readonly to: string;
  /** null: F16 for a GGUF file; for a folder BF16 or F16 where the model is stored so, else F32. */
  readonly type: ExportType | null;
  /** The adapter alone, as it is stored, in PEFT's layout. */
  readonly adapter?: boolean;
}

export interface Exported {
  readonly to: string;
  readonly format: 'Hugging Face folder' | 'GGUF file' | 'PEFT adapter';
  readonly type: string;
  readonly parameters: number;
  /** Matrices that are kept in F16 because their rows are no whole blocks of Q8_0. */
  readonly unquantised: number;
}

const isGguf = (path: string): boolean => path.toLowerCase().endsWith('.gguf');

/** Throws ConfigError for a target or type that cannot be, ModelError for a model that cannot be read or written so, EngineError when writing fails. */
export async function exportModel(options: ExportOptions): Promise<Exported> {
  const complaints = complaintsOf(options);
  if (complaints.length > 0) throw new ConfigError(complaints);
  const { path, to } = options;
  const source = await openModel(path);
  const fresh = `${to}.partial`;
  try {
    await rm(fresh, { recursive: true, force: true });
    const written = options.adapter ? await exportAdapter(source, fresh) : await exportMerged(source, fresh, options);
    await rename(fresh, to);
    return { to, ...written };
  } finally {
    await source.close();
    await rm(fresh, { recursive: true, force: true });
  }
}

function complaintsOf({ to, type, adapter }: ExportOptions): Complaint[] {
  const rules: readonly (readonly [isBroken: boolean, field: string, message: string])[] = [
    [existsSync(to), to, 'exists already; name a new one'],
    [!existsSync(dirname(to)), to, 'is in a folder that does not exist'],
    [type === 'q8_0' && !isGguf(to), '--type', 'got q8_0; accepted for a folder: f32, bf16, f16 (q8_0 is for a .gguf file)'],
    [adapter === true && isGguf(to), '--to', 'names a GGUF file; an adapter is written as a folder (without --adapter it is merged)'],
    [adapter === true && type !== null, '--type', `got ${type}; an adapter is written as it is stored`],
  ];
  return rules.flatMap(([isBroken, field, message]) => (isBroken ? [{ field, message }] : []));
}

async function exportMerged(source: ModelSource, fresh: string, { to, type }: ExportOptions): Promise<Omit<Exported, 'to'>> {
  const stored = STORED[type ?? (isGguf(to) ? 'f16' : folderType(source))];
  if (isGguf(to)) await exportGguf(source, fresh, { type: stored, name: basename(to).replace(/\.gguf$/i, '') });
  else await exportFolder(source, fresh, stored as StoredType);
  return { format: isGguf(to) ? 'GGUF file' : 'Hugging Face folder', type: stored, ...countsOf(source, stored) };
}

/** Once every number was read. Tensors and configuration to the byte. */
async function exportAdapter(source: ModelSource, fresh: string): Promise<Omit<Exported, 'to'>> {
  const { adapter, path } = source;
  if (!adapter) throw new ModelError(path, 'is no adapter: it has weights of its own');
  let parameters = 0;
  for (const module of adapter.modules.keys()) {
    const { a, b } = await adapter.read(module);
    parameters += a.length + b.length;
  }
  await copyAdapter(path, fresh);
  return { format: 'PEFT adapter', type: 'as stored', parameters, unquantised: 0 };
}

const exportFolder = (source: ModelSource, dir: string, dtype: StoredType): Promise<void> =>
  writeCheckpoint(dir, { config: source.config, sidecars: source.sidecars, tensors: readAll(source), dtype });

/** The type in which nothing is lost. */
function folderType({ tensors, config, adapter }: ModelSource): 'bf16' | 'f16' | 'f32' {
  if (adapter) return 'f32'; // sums are wider than their parts
  const types = new Set([...weightShapes(config).keys()].map(name => tensors.get(name)!.dtype));
  if (types.size > 1) return 'f32';
  return types.has('BF16') ? 'bf16' : types.has('F16') ? 'f16' : 'f32';
}

function countsOf({ config }: ModelSource, stored: StoredAs): Pick<Exported, 'parameters' | 'unquantised'> {
  const shapes = [...weightShapes(config).values()];
  return {
    parameters: shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0),
    unquantised: stored === 'Q8_0' ? shapes.filter(shape => shape.length > 1 && shape.at(-1)! % 32 !== 0).length : 0,
  };
}
