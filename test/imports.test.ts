// Imports point one way. The table says which folders of src a folder may import from (itself always); anything else fails here. Types count as
// well: an arrow is an arrow. The second half checks what is not seen in arrows: natives stay in the engine, ambience in the command line.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

/** Files of src itself that everybody may read. */
const LEAVES = ['errors', 'random', 'prompt', 'requests'];

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  checks: ['loop', 'tasks', 'verifiers', 'runs', 'metrics'],
  cli: ['checks', 'config', 'data', 'loop', 'methods', 'policy', 'tasks', 'verifiers', 'sandbox', 'runs', 'report', 'serve', 'metrics'],
  config: ['data', 'methods', 'loop', 'tasks', 'engine'],
  loop: ['methods', 'policy', 'tasks', 'verifiers', 'runs', 'metrics'],
  report: ['runs', 'metrics'],
  serve: ['engine'],
  runs: ['verifiers', 'metrics'],
  tasks: ['verifiers', 'sandbox'],
  policy: ['engine'],
  data: [],
  methods: [],
  metrics: [],
  verifiers: ['sandbox'],
  sandbox: [],
  engine: [],
};

interface Import {
  readonly file: string;
  readonly target: string;
}

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map(f => f.replaceAll('\\', '/'))
  .filter(f => f.endsWith('.ts') && !f.endsWith('.test.ts'));
const textOf = (file: string) => readFileSync(join(SRC, file), 'utf8');

/** `import … from 'x'`, `export … from 'x'`, `import('x')`, `import 'x'`. */
function importsOf(text: string): string[] {
  const statements = text.matchAll(
    /^(?:import|export)\b[^;'"]*?\bfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
  );
  return [...statements].map(m => m[1] ?? m[2] ?? m[3]!);
}

const imports: readonly Import[] = sources.flatMap(file => importsOf(textOf(file)).map(target => ({ file, target })));

const folderOf = (file: string) => (file.includes('/') ? file.split('/')[0]! : file.replace(/\.ts$/, ''));

function isAllowed({ file, target }: Import): boolean {
  if (!target.startsWith('.')) return true;
  const from = folderOf(file);
  const to = folderOf(relative(SRC, resolve(SRC, file, '..', target)));
  if (from === 'index' || from === to || LEAVES.includes(to)) return true;
  return ALLOWED[from]?.includes(to) ?? false;
}

test('every import follows an arrow of the table', () => {
  const wrong = imports.filter(i => !isAllowed(i)).map(i => `${i.file} imports ${i.target}`);
  assert.deepEqual(wrong, []);
});

test('the reader of imports sees every form of them', () => {
  const text =
    "import a from 'one';\nimport {\n  b,\n} from 'two';\nexport * from 'three';\nimport 'four';\nconst c = await import('five');\nimport type { d } from 'six';\n";
  assert.deepEqual(importsOf(text).sort(), ['five', 'four', 'one', 'six', 'three', 'two']);
  assert.ok(imports.length > 100, `only ${imports.length} imports found`);
});

test('an import against the arrows is refused', () => {
  assert.ok(!isAllowed({ file: 'engine/model.ts', target: '../tasks/task.ts' }));
  assert.ok(!isAllowed({ file: 'loop/run.ts', target: '../cli/main.ts' }));
  assert.ok(!isAllowed({ file: 'errors.ts', target: './loop/run.ts' }));
  assert.ok(isAllowed({ file: 'loop/run.ts', target: '../policy/policy.ts' }));
});

test('every folder of src has a row, and the arrows make no circle', () => {
  const folders = [...new Set(sources.filter(f => f.includes('/')).map(folderOf))].sort();
  assert.deepEqual(folders, Object.keys(ALLOWED).sort());
  const reaches = (from: string, seen: readonly string[] = []): readonly string[] =>
    ALLOWED[from]!.flatMap(to => (seen.includes(to) ? [to] : [to, ...reaches(to, [...seen, from])]));
  for (const folder of folders) assert.ok(!reaches(folder).includes(folder), `${folder} can reach itself`);
});

test('leaves import nothing of ours but leaves', () => {
  const wrong = imports.filter(
    ({ file, target }) => LEAVES.includes(folderOf(file)) && target.startsWith('.') && !LEAVES.includes(folderOf(target.slice(2))),
  );
  assert.deepEqual(wrong, []);
});

test('onnxruntime is imported by the engine alone', () => {
  const users = imports.filter(i => i.target.startsWith('onnxruntime')).map(i => folderOf(i.file));
  assert.deepEqual([...new Set(users)], ['engine']);
});

test('environment, clock and chance are nowhere ambient: process.env and Date.now live in cli, Math.random nowhere', () => {
  const using = (word: RegExp) => sources.filter(file => word.test(textOf(file).replace(/\/\/.*|\/\*[\s\S]*?\*\//g, ''))).map(folderOf);
  assert.deepEqual([...new Set(using(/process\.env\b/))], ['cli']);
  assert.deepEqual([...new Set(using(/\bDate\.now\b|\bnew Date\(\)/))], ['cli']);
  assert.deepEqual(using(/\bMath\.random\b/), []);
});

/** Every module that a child process loads while it runs `code`. */
function modulesLoadedBy(code: string): string[] {
  const spy = `
    import { registerHooks } from 'node:module';
    import { writeSync } from 'node:fs';
    const seen = [];
    registerHooks({ load: (url, context, next) => (seen.push(url), next(url, context)) });
    process.on('exit', () => writeSync(1, '\\nSEEN ' + seen.join(' ')));
    ${code}`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', spy], { encoding: 'utf8', cwd: SRC });
  return output.slice(output.lastIndexOf('SEEN ') + 5).split(' ');
}

const importOf = (path: string) => `import(${JSON.stringify(new URL(path, import.meta.url).href)})`;
const isNative = (url: string) => url.endsWith('.node') || url.includes('onnxruntime-node');

test('importing the package loads no native module', () => {
  const seen = modulesLoadedBy(`await ${importOf('../src/index.ts')};`);
  assert.ok(
    seen.some(url => url.includes('/zod/')),
    'the spy sees nothing',
  );
  assert.deepEqual(seen.filter(isNative), []);
});

test('the spy sees a native module where there is one', () => {
  assert.ok(modulesLoadedBy("await import('onnxruntime-node');").some(isNative));
});

test('rest-em --help loads commander and the commands, and nothing heavy', () => {
  const seen = modulesLoadedBy(`const { main } = await ${importOf('../src/cli/main.ts')}; await main(['--help']);`);
  assert.ok(seen.some(url => url.includes('/commander/')));
  assert.deepEqual(
    seen.filter(url => isNative(url) || /\/(zod|yaml|hyparquet|@huggingface)\//.test(url)),
    [],
  );
});
