// Runs inside Deno, without permission for anything but reading Pyodide's folder: Python in WebAssembly, one program a process. Deno's process is the
// wall, Pyodide is none: a program may reach this file's realm, so nothing here decides anything and nothing here is secret. Speaks the parent's frames over
// standard input and output: first four bytes of length and a memory snapshot (none: make one), then JSON.
// It imports nothing: Deno could not read it.

interface DenoGlobal {
  readonly args: readonly string[];
  readonly stdin: { readSync(into: Uint8Array): number | null };
  readonly stdout: { writeSync(from: Uint8Array): number };
  exit(code: number): never;
}
interface Device {
  readonly read?: (into: Uint8Array) => number;
  readonly write?: (bytes: Uint8Array) => number;
  readonly isatty: false;
}
/** Emscripten's file system in memory: a program's files lie in this process, outside the memory of WebAssembly. */
interface FileSystem {
  readonly filesystems: { readonly MEMFS: MemoryFiles };
  readonly ErrnoError: new (errno: number) => Error;
  mkdirTree(path: string): void;
  rmdir(path: string): void;
  chdir(path: string): void;
  chmod(path: string, mode: number): void;
  writeFile(path: string, text: string): void;
}
interface FileNode {
  readonly contents: { readonly length: number } | null;
}
type Write = (
  stream: { readonly node: FileNode },
  from: Uint8Array,
  offset: number,
  length: number,
  at: number,
  canOwn?: boolean,
) => number;
interface MemoryFiles {
  readonly ops_table: { readonly file: { readonly stream: { write: Write } } };
  resizeFileStorage(node: FileNode, size: number): void;
  createNode(...args: unknown[]): FileNode;
}
interface Python {
  readonly FS: FileSystem;
  runPython(code: string): unknown;
  pyimport(name: string): Readonly<Record<string, (...args: string[]) => string>>;
  registerJsModule(name: string, module: object): void;
  setStdin(device: Device): void;
  setStdout(device: Device): void;
  setStderr(device: Device): void;
  makeMemorySnapshot(): Uint8Array;
}
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
declare const Deno: DenoGlobal;
declare const WebAssembly: { readonly Memory: { readonly prototype: WasmMemory } };

type Request = { readonly memory: number } & (
  | { readonly op: 'stdio'; readonly program: string; readonly input: string }
  | { readonly op: 'call'; readonly program: string; readonly request: string }
  | { readonly op: 'serve'; readonly program: string }
  | { readonly op: 'tests'; readonly job: string }
);

const MOST_OUTPUT = 4 * 2 ** 20;
const PAGE = 65_536;
const TAIL = 2048;

const MOST_FILE_BYTES = 32 * 2 ** 20;
const MOST_FILES = 4096;
const NO_SPACE = 51;

let memoryCeiling = Number.POSITIVE_INFINITY;
const grow = WebAssembly.Memory.prototype.grow;
// V8 has no limit for it that would end as Python's MemoryError; without one a program takes gigabytes.
WebAssembly.Memory.prototype.grow = function growBelowCeiling(this: WasmMemory, pages: number): number {
  if (this.buffer.byteLength + pages * PAGE > memoryCeiling) throw new RangeError('the memory limit is reached');
  return grow.call(this, pages);
};

const { stdin, stdout } = Deno;

function read(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; ) {
    const n = stdin.readSync(bytes.subarray(at));
    if (n === null) Deno.exit(0);
    at += n;
  }
  return bytes;
}

const readPart = (): Uint8Array => read(new DataView(read(4).buffer).getUint32(0));
const readText = (): string => new TextDecoder().decode(readPart());

function write(bytes: Uint8Array): void {
  const header = new Uint8Array(4);
  new DataView(header.buffer).setUint32(0, bytes.length);
  for (const part of [header, bytes]) for (let at = 0; at < part.length; ) at += stdout.writeSync(part.subarray(at));
}

const tell = (message: object): void => write(new TextEncoder().encode(JSON.stringify(message)));

/** What the program has written; beyond the limit the process ends, with word of it. */
const written = { out: [] as Uint8Array[], err: '', count: 0 };

function output(stream: 'out' | 'err'): (bytes: Uint8Array) => number {
  return bytes => {
    written.count += bytes.length;
    if (written.count > MOST_OUTPUT) {
      tell({ ending: { end: 'output_limit', detail: 'more than 4 MiB of output' }, stdout: '', stderr: '', isLast: true });
      Deno.exit(0);
    }
    if (stream === 'out') written.out.push(bytes.slice());
    else written.err = (written.err + new TextDecoder().decode(bytes)).slice(-TAIL);
    return bytes.length;
  };
}

function outputs(): { readonly stdout: string; readonly stderr: string } {
  const text = written.out.map(bytes => Array.from(bytes, byte => String.fromCharCode(byte)).join('')).join('');
  return { stdout: btoa(text), stderr: written.err };
}

const given = { bytes: new Uint8Array(), at: 0 };

/** Once: it makes devices, and /dev is closed afterwards. */
function connect(python: Python): void {
  const give = (into: Uint8Array): number => {
    const part = given.bytes.subarray(given.at, given.at + into.length);
    into.set(part);
    given.at += part.length;
    return part.length;
  };
  python.setStdin({ read: give, isatty: false });
  python.setStdout({ write: output('out'), isatty: false });
  python.setStderr({ write: output('err'), isatty: false });
}

function begin(request: Request): void {
  memoryCeiling = request.memory;
  given.bytes = new TextEncoder().encode(request.op === 'stdio' ? request.input : '');
  given.at = 0;
  written.out = [];
  written.err = '';
  written.count = 0;
}

/** An exit of the interpreter, or its death: it cannot be asked again. */
function fatal(error: unknown): { readonly end: string; readonly detail: string } {
  const { status, message } = error as { readonly status?: number; readonly message?: string };
  if (status !== undefined) return { end: status === 0 ? 'exit' : 'runtime_error', detail: `exit status ${status}` };
  const detail = String(message ?? error).slice(0, 300);
  if (/call stack|stack overflow/i.test(detail)) return { end: 'unsupported', detail: 'recursion deeper than WebAssembly has stack for' };
  if (/memory/i.test(detail)) return { end: 'memory', detail };
  return { end: 'runtime_error', detail: detail.trim().split('\n').at(-1) ?? '' };
}

function run(drive: ReturnType<Python['pyimport']>, request: Request): object {
  switch (request.op) {
    case 'stdio':
      return { ending: JSON.parse(drive.stdio!(request.program)) };
    case 'call':
      return JSON.parse(drive.call!(request.program, request.request));
    case 'serve':
      return { ending: JSON.parse(drive.serve!(request.program)) };
    case 'tests':
      drive.run_tests!(request.job);
      return { ending: { end: 'exit', detail: '' } };
  }
}

async function main(): Promise<void> {
  const folder = Deno.args[0]!;
  const { loadPyodide } = await import(`${folder}/pyodide.mjs`);
  const snapshot = readPart();
  const options = { indexURL: `${decodeURIComponent(new URL(folder).pathname)}/`, jsglobals: Object.create(null) };
  if (snapshot.length === 0) return makeSnapshot(await loadPyodide({ ...options, _makeSnapshot: true }));
  const python: Python = await loadPyodide({ ...options, _loadSnapshot: snapshot });
  python.registerJsModule('border', { read: readText, write: (text: string) => tell({ frame: text }) });
  connect(python);
  limitFiles(python.FS);
  const drive = python.pyimport('inside.drive');
  tell({ ready: true });
  for (;;) {
    const request: Request = JSON.parse(readText());
    begin(request);
    try {
      tell({ ...run(drive, request), ...outputs() });
    } catch (error) {
      tell({ ending: fatal(error), ...outputs(), isLast: true });
      Deno.exit(0);
    }
  }
}

/** As small as a sandbox's /tmp, and as closed around it; the real file system is not there at all. */
function limitFiles(fs: FileSystem): void {
  const { MEMFS } = fs.filesystems;
  const { resizeFileStorage, createNode } = MEMFS;
  const { stream } = MEMFS.ops_table.file;
  const { write: writeFile } = stream;
  let bytes = 0;
  let files = 0;
  // What a file that was deleted had is not given back: nobody writes that much by honest means.
  const counted = <T>(node: FileNode, size: number, change: () => T): T => {
    const before = node.contents?.length ?? 0;
    if (size > before && bytes + size - before > MOST_FILE_BYTES) throw new fs.ErrnoError(NO_SPACE);
    const result = change();
    bytes += (node.contents?.length ?? 0) - before;
    return result;
  };
  stream.write = (s, from, offset, length, at, canOwn) =>
    counted(s.node, at + length, () => writeFile(s, from, offset, length, at, canOwn));
  MEMFS.resizeFileStorage = (node, size) => counted(node, size, () => resizeFileStorage.call(MEMFS, node, size));
  MEMFS.createNode = (...args) => {
    if (++files > MOST_FILES) throw new fs.ErrnoError(NO_SPACE);
    return createNode.apply(MEMFS, args);
  };
  fs.chdir('/tmp');
  for (const path of ['/home/pyodide', '/home/web_user', '/home']) fs.rmdir(path);
  for (const path of ['/dev', '/']) fs.chmod(path, 0o555);
}

/** The interpreter as it is when our modules and those that programs import most are loaded: five seconds once instead of for every program. */
function makeSnapshot(python: Python): void {
  const files: Readonly<Record<string, string>> = JSON.parse(readText());
  python.FS.mkdirTree('/lib/sandbox/inside');
  for (const [name, text] of Object.entries(files)) python.FS.writeFile(`/lib/sandbox/inside/${name}`, text);
  python.runPython('import sys, gc; sys.path.append("/lib/sandbox"); import inside.drive; sys.set_int_max_str_digits(0); gc.collect()');
  write(python.makeMemorySnapshot());
}

await main();
