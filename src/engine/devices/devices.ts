// Where a graph can run, as one row a device: how onnxruntime is asked for it, what its execution provider calls itself, which of our nodes are spelled
// otherwise for it, and how a user gets it. Whether a device works on a machine is found out by trying (try-device.ts), never read off a list.
import type { Rewrites } from '../graph/graph.ts';
import { withInverseApart, withoutFusedProducts } from './rewrite.ts';

export const DEVICE_NAMES = ['cpu', 'webgpu', 'cuda'] as const;
export type Device = (typeof DEVICE_NAMES)[number];
/** What a user may ask for: a device, or the first that works and pays. */
export type DeviceChoice = Device | 'auto';

export interface DeviceRow {
  /** Execution providers in the order they are asked to take a node. The CPU takes what is left. */
  readonly providers: readonly string[];
  /** The name under which its nodes stand in a profile. */
  readonly provider: string;
  /** Nodes that its provider does not know, in words that it knows. */
  readonly rewrites: Rewrites;
  /** Whether its kernels take tensors with nothing in them. Known of the CPU only; where it is not, none are made. */
  readonly takesEmpty: boolean;
  /** Whether its adapter may be software, which 'auto' does not want: onnxruntime does not tell, so its speed does. */
  readonly mayBeSoftware: boolean;
  /** How a user gets it where it is missing. */
  readonly remedy: string;
}

/** 'auto' looks at the last first. */
export const DEVICES: { readonly [D in Device]: DeviceRow } = {
  cpu: {
    providers: ['cpu'],
    provider: 'CPUExecutionProvider',
    rewrites: {},
    takesEmpty: true,
    mayBeSoftware: false,
    remedy: 'it is part of onnxruntime-node',
  },
  webgpu: {
    providers: ['webgpu', 'cpu'],
    provider: 'WebGpuExecutionProvider',
    rewrites: { FusedMatMul: withoutFusedProducts, SimplifiedLayerNormalization: withInverseApart },
    takesEmpty: false,
    mayBeSoftware: true,
    remedy:
      'it is part of onnxruntime-node (not on Linux arm64) and needs the driver of a GPU: Vulkan 1.1 or later on Linux (vulkaninfo shows it), Direct3D 12 on Windows, Metal on macOS',
  },
  cuda: {
    providers: ['cuda', 'cpu'],
    provider: 'CUDAExecutionProvider',
    rewrites: {},
    takesEmpty: false,
    mayBeSoftware: false,
    remedy:
      'Linux x64 with an NVIDIA driver, CUDA 12 and cuDNN 9; its libraries are fetched with ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js',
  },
};
