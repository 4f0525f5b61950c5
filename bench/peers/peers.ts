// Who is compared, one row each: what it is, which work, how much of it (the slow ones do a part; rates are tokens over seconds, so a part needs no
// scaling, and it is said), what it must be given, and how it is started. The file of a new peer prints a line as in measured.ts.
import { join } from 'node:path';

/** Forms of the model that peers read. */
export type ModelForm = 'given' | 'folder' | 'f16' | 'q8_0' | 'q4_0';

export interface Peer {
  /** Its key in the JSON. */
  readonly name: string;
  readonly what: string;
  readonly work: 'sample' | 'train';
  readonly model: ModelForm;
  /** Sampling: prompts of the 16. Training: steps, the warm ones included. */
  readonly part: number;
  /** What has to be found: the modules of a Python, or node-llama-cpp. Ours needs nothing. */
  readonly needs: { readonly python: readonly string[] } | 'node-llama-cpp' | 'nothing';
  readonly script: string;
  /** After the model, the work and the part. */
  readonly extra: readonly string[];
  /** The figure of ours it is set against. */
  readonly against: readonly string[];
}

/** Steps before the clock starts: the first ones touch memory for the first time. */
const WARM = 1;

const ours = { needs: 'nothing', model: 'given', against: [] } as const;
const llamaCpp = { work: 'sample', needs: 'node-llama-cpp', script: 'llama-cpp.ts', extra: [], part: 2 } as const;
const bothOurs = ['ours_fp32', 'ours_int8'] as const;
const oursTrained = ['ours'] as const;

export const peers: readonly Peer[] = [
  { ...ours, name: 'ours_fp32', what: 'ours, fp32', work: 'sample', part: 16, script: 'ours-sample.ts', extra: ['fp32'] },
  { ...ours, name: 'ours_int8', what: 'ours, int8', work: 'sample', part: 16, script: 'ours-sample.ts', extra: ['int8'] },
  { ...llamaCpp, name: 'llama_cpp_f16', what: 'llama.cpp F16, 64 sequences', model: 'f16', against: bothOurs },
  { ...llamaCpp, name: 'llama_cpp_q8_0', what: 'llama.cpp Q8_0, 64 sequences', model: 'q8_0', against: bothOurs },
  { ...llamaCpp, name: 'llama_cpp_q4_0', what: 'llama.cpp Q4_0, 64 sequences', model: 'q4_0', against: bothOurs },
  {
    name: 'transformers_fp32',
    what: 'transformers fp32, 64 rows a call',
    work: 'sample',
    model: 'folder',
    part: 3,
    needs: { python: ['torch', 'transformers'] },
    script: 'transformers_sample.py',
    extra: [],
    against: bothOurs,
  },
  {
    name: 'vllm_bf16',
    what: 'vLLM for CPUs, bf16, bound, eager',
    work: 'sample',
    model: 'folder',
    part: 16,
    needs: { python: ['vllm'] },
    script: 'vllm_sample.py',
    extra: [],
    against: bothOurs,
  },
  { ...ours, name: 'ours', what: 'ours, fp32', work: 'train', part: 6, script: 'ours-train.ts', extra: [String(WARM)] },
  {
    name: 'pytorch_fp32',
    what: 'a plain PyTorch loop, fp32, padded rows',
    work: 'train',
    model: 'folder',
    part: 3,
    needs: { python: ['torch', 'transformers'] },
    script: 'torch_train.py',
    extra: [String(WARM), 'fp32'],
    against: oursTrained,
  },
  {
    name: 'pytorch_bf16',
    what: 'the same under bf16 autocast',
    work: 'train',
    model: 'folder',
    part: 3,
    needs: { python: ['torch', 'transformers'] },
    script: 'torch_train.py',
    extra: [String(WARM), 'bf16'],
    against: oursTrained,
  },
  {
    name: 'trl_fp32',
    what: 'TRL SFTTrainer, fp32',
    work: 'train',
    model: 'folder',
    part: 3,
    needs: { python: ['torch', 'trl', 'datasets', 'accelerate'] },
    script: 'trl_train.py',
    extra: [String(WARM)],
    against: oursTrained,
  },
];

export const scriptOf = ({ script }: Peer): string => join(import.meta.dirname, script);
