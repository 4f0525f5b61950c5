// Programs that solve nothing, for every way of testing and both languages: what the gate of imported problems lets loose on a problem's tests.
// Each has earned its place: with one of them, some published checker gave full marks. A problem that one of them passes gives no rewards.
import type { Language } from '../../sandbox/backend.ts';
import { literalOf } from './literals.ts';
import type { CodeProblem } from './problem.ts';

export interface WrongProgram {
  readonly name: string;
  readonly program: string;
}

/** Constants tried at most: those that the most tests expect. */
const MOST_CONSTANTS = 12;

/** All that apply to the problem. */
export function wrongPrograms(problem: CodeProblem): WrongProgram[] {
  const { tests, language } = problem;
  if (tests.mode === 'stdio') return [...STDIO[language], ...printedConstants(problem)];
  const names = tests.mode === 'call' ? [tests.fn] : namesTested(problem);
  const constants = constantsOf(problem).map((text): Body => ({ name: 'constant', body: `return ${text}` }));
  const bodies = [...BODIES[language], ...constants];
  const each = bodies.map(({ name, body, before = '' }) => ({
    name,
    program: before + names.map(fn => defined(language, fn, body)).join('\n'),
  }));
  return [{ name: 'empty program', program: COMMENT[language] }, ...each, ...EXITS[language]];
}

/** What is nothing but still a program: an empty completion is refused before it is run. */
const COMMENT: Readonly<Record<Language, string>> = { python: 'pass\n', javascript: ';\n' };

const STDIO: Readonly<Record<Language, readonly WrongProgram[]>> = {
  python: [
    { name: 'empty program', program: 'pass\n' },
    { name: 'echo', program: 'import sys\nsys.stdout.write(sys.stdin.read())\n' },
    { name: 'exit 0', program: 'import os\nos._exit(0)\n' },
  ],
  javascript: [{ name: 'empty program', program: ';\n' }],
};

const EXITS: Readonly<Record<Language, readonly WrongProgram[]>> = {
  python: [{ name: 'exit 0 at import', program: 'import os\nos._exit(0)\n' }],
  javascript: [{ name: 'throw at load', program: 'throw 0;\n' }],
};

interface Body {
  readonly name: string;
  readonly body: string;
  readonly before?: string;
}

const EQUAL_TO_ALL = [
  'class AlwaysEqual:',
  '    def __eq__(self, other): return True',
  '    def __ne__(self, other): return False',
  '    def __lt__(self, other): return True',
  '    def __gt__(self, other): return True',
  '    def __hash__(self): return 0',
  '    def __bool__(self): return True',
  '    def __sub__(self, other): return 0',
  '    def __rsub__(self, other): return 0',
  '',
].join('\n');

const BODIES: Readonly<Record<Language, readonly Body[]>> = {
  python: [
    { name: 'returns None', body: 'return None' },
    { name: 'returns its first argument', body: 'return args[0] if args else None' },
    { name: 'equal to everything', body: 'return AlwaysEqual()', before: EQUAL_TO_ALL },
    { name: 'exit 0 in the function', body: 'os._exit(0)', before: 'import os\n' },
  ],
  javascript: [
    { name: 'returns undefined', body: 'return undefined' },
    { name: 'returns null', body: 'return null' },
    { name: 'returns its first argument', body: 'return args[0]' },
    { name: 'odd object', body: 'return { toString: () => { throw 0; }, valueOf: () => 0, toJSON: () => null }' },
  ],
};

const defined = (language: Language, fn: string, body: string): string =>
  language === 'python' ? `def ${fn}(*args, **named):\n    ${body}\n` : `function ${fn}(...args) { ${body}; }\n`;

/** The functions that a problem's asserts call: those that its reference defines, or, without one, every name followed by a bracket. */
function namesTested({ tests, programs, language }: CodeProblem): string[] {
  if (tests.mode !== 'assert') return [];
  if (tests.names) return [...tests.names];
  const text = tests.asserts.join('\n');
  const called = new Set([...text.matchAll(/\b([A-Za-z_$][\w$]*)\s*\(/g)].map(([, name = '']) => name));
  const inReference = new Set([...(programs[0] ?? '').matchAll(DEFINITION[language])].map(([, name = '']) => name));
  return [...called].filter(name => inReference.size === 0 || inReference.has(name));
}

const DEFINITION: Readonly<Record<Language, RegExp>> = {
  python: /^(?:async )?def (\w+)/gm,
  javascript: /^(?:async )?function\*? ([\w$]+)|^(?:const|let|var) ([\w$]+) =/gm,
};

/** Expected results as literals of the language, the commonest first. */
function constantsOf({ tests, language }: CodeProblem): string[] {
  if (tests.mode === 'stdio') return [];
  if (tests.mode === 'call') return commonest(tests.tests.map(({ result }) => literalOf(language, result)));
  // what stands right of the last == of an assert; where that is no literal, the program fails to load and is none the worse for it
  const sides = tests.asserts.flatMap(text => [...text.matchAll(/==\s*(.+?)\s*(?:,\s*["'].*)?$/gm)].map(([, side = '']) => side));
  return commonest(sides);
}

function commonest(texts: readonly (string | null)[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_CONSTANTS)
    .map(([text]) => text);
}

/** Programs that print one expected output whatever comes in, and one that prints every line that any test expects. */
function printedConstants({ tests, language }: CodeProblem): WrongProgram[] {
  if (tests.mode !== 'stdio') return [];
  const outputs = tests.tests.map(({ output }) => output);
  const lines = [...new Set(outputs.flatMap(output => output.split('\n')))].join('\n');
  const print = (text: string) => PRINT[language](JSON.stringify(text));
  return [
    ...commonest(outputs).map(output => ({ name: 'constant', program: print(output) })),
    { name: 'every expected line', program: print(lines) },
  ];
}

const PRINT: Readonly<Record<Language, (literal: string) => string>> = {
  python: literal => `print(${literal})\n`,
  javascript: literal => `console.log(${literal});\n`,
};
