// The version of this package, read from package.json (which lies two folders up, from src/config as from dist/config).
import { readFileSync } from 'node:fs';

const packageJson: { readonly version: string } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

export const version: string = packageJson.version;
