// The backends in the order in which they are tried: the strongest first. A row here and it takes part in openSandbox and in `doctor sandbox`.
import type { Backend, Language, Probe } from './backend.ts';

export interface BackendOptions {
  /** Jobs at a time (default: one for each core). */
  readonly lanes?: number;
  /** Nothing remembered from before: everything is tried now. */
  readonly afresh?: boolean;
  /** A folder in or above which the npm packages deno and pyodide are installed (default: where this package is). */
  readonly packages?: string;
}

export interface BackendRow {
  readonly name: Backend['name'];
  readonly languages: readonly Language[];
  /** Runs it before it is believed. The backend is the caller's to close. */
  probe(options: BackendOptions): Promise<Probe>;
}

export const BACKENDS: readonly BackendRow[] = [
  {
    name: 'bwrap',
    languages: ['python'],
    async probe({ lanes, afresh }) {
      const { probeBwrap } = await import('./bwrap/probe.ts');
      return probeBwrap({ ...(lanes !== undefined && { lanes }), ...(afresh && { cacheFile: null }) });
    },
  },
  {
    name: 'deno-pyodide',
    languages: ['python'],
    async probe({ lanes, packages }) {
      const { probeDenoPyodide } = await import('./deno-pyodide/probe.ts');
      return probeDenoPyodide({ ...(lanes !== undefined && { lanes }), ...(packages !== undefined && { packages }) });
    },
  },
  {
    name: 'quickjs',
    languages: ['javascript'],
    async probe({ lanes }) {
      const { probeQuickjs } = await import('./quickjs/probe.ts');
      return probeQuickjs({ ...(lanes !== undefined && { lanes }) });
    },
  },
];
