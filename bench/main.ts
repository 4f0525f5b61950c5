// npm run bench [-- what] [options]: a table each, never a test: the same command varies by 10 to 30 % on a shared machine.
//   peers (the default)  our sampling and training beside llama.cpp, transformers, vLLM, PyTorch and TRL (peers/main.ts)
//   curves               the losses of our training beside those of a PyTorch loop on the same batches (peers/curves.ts)
//   engine               the engine's own cases beside the prototypes; `--only CASE` alone means this as well (engine.ts)
const benches: Readonly<Record<string, () => Promise<unknown>>> = {
  peers: () => import('./peers/main.ts'),
  curves: () => import('./peers/curves.ts'),
  engine: () => import('./engine.ts'),
};

const given = process.argv[2];
const isNamed = given !== undefined && Object.hasOwn(benches, given);
if (isNamed) process.argv.splice(2, 1);
const wantsCase = process.argv.some(word => word === '--only' || word.startsWith('--only='));
await benches[isNamed ? given : wantsCase ? 'engine' : 'peers']!();
