// Where a command looks for the npm packages deno and pyodide: in the folder that REST_EM_PYODIDE names, else in the project it runs in.
import type { Context } from './command.ts';

export const sandboxPackages = ({ env, cwd }: Context): string => env.REST_EM_PYODIDE || cwd;
