#!/usr/bin/env node
// Plain JavaScript on purpose: it must run on a Node that is too old for the rest, to say so kindly.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`rest-em needs Node 22.18 or newer; this is ${process.versions.node}.`);
  console.error('In a clone, run it through npm, which brings its own Node: npm run -s rest-em -- --help');
  process.exit(2);
}
const source = new URL('../src/cli/main.ts', import.meta.url);
const built = new URL('../dist/cli/main.js', import.meta.url);
// A clone runs its source; an installed package has only dist (Node strips no types below node_modules).
const { main } = await import((existsSync(fileURLToPath(source)) ? source : built).href);
process.exitCode = await main(process.argv.slice(2));
