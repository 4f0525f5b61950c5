// A model written for others: a Hugging Face folder, or a GGUF file for llama.cpp. The new thing appears whole or not at all, and nothing that is
// there is overwritten.
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { weightShapes } from '../engine/architecture.ts';
import { writeCheckpoint } from '../engine/weights/checkpoint.ts';
import type { StoredAs } from '../engine/weights/encoders.ts';
import { exportGguf } from '../engine/weights/gguf-export.ts';
import { openModel, readAll } from '../engine/weights/open.ts';
import type { StoredType } from '../engine/weights/safetensors-write.ts';
import type { ModelSource } from '../engine/weights/source.ts';
import { ConfigError } from '../errors.ts';

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
}

export interface Exported {
  readonly to: string;
  readonly format: 'Hugging Face folder' | 'GGUF file';
  readonly type: StoredAs;
  readonly parameters: number;
  /** Matrices that are kept in F16 because their rows are no whole blocks of Q8_0. */
  readonly unquantised: number;
}

const isGguf = (path: string): boolean => path.toLowerCase().endsWith('.gguf');

/** Throws ConfigError for a target or type that cannot be, ModelError for a model that cannot be read or written so, EngineError when writing fails. */
export async function exportModel({ path, to, type }: ExportOptions): Promise<Exported> {
  if (existsSync(to)) throw new ConfigError({ field: to, message: 'exists already; name a new one' });
  if (!existsSync(dirname(to))) throw new ConfigError({ field: to, message: 'is in a folder that does not exist' });
  if (type === 'q8_0' && !isGguf(to))
    throw new ConfigError({ field: '--type', message: 'got q8_0; accepted for a folder: f32, bf16, f16 (q8_0 is for a .gguf file)' });
  const source = await openModel(path);
  const fresh = `${to}.partial`;
  try {
    await rm(fresh, { recursive: true, force: true });
    const stored = STORED[type ?? (isGguf(to) ? 'f16' : folderType(source))];
    if (isGguf(to)) await exportGguf(source, fresh, { type: stored, name: basename(to).replace(/\.gguf$/i, '') });
    else await exportFolder(source, fresh, stored as StoredType);
    await rename(fresh, to);
    return { to, format: isGguf(to) ? 'GGUF file' : 'Hugging Face folder', type: stored, ...countsOf(source, stored) };
  } finally {
    await source.close();
    await rm(fresh, { recursive: true, force: true });
  }
}

const exportFolder = (source: ModelSource, dir: string, dtype: StoredType): Promise<void> =>
  writeCheckpoint(dir, { config: source.config, sidecars: source.sidecars, tensors: readAll(source), dtype });

/** The type in which nothing is lost. */
function folderType({ tensors, config }: ModelSource): 'bf16' | 'f16' | 'f32' {
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
