// Which functions the tests ask of the program, from the tests alone: the program has no say, or one that defines `assert` would be asked for it.
// What is called by its plain name, is no word of the language, and is known to nobody on the tests' side.

const CALLED = /(?<![.\w$])([A-Za-z_$][\w$]*)\s*(?=\()/g;
const DECLARED = /\b(?:function\*?|const|let|var|class)\s+([A-Za-z_$][\w$]*)/g;
const WORDS = new Set(
  'await async catch class const delete do else for function if import in instanceof let new of return super switch this throw typeof var void while with yield'.split(
    ' ',
  ),
);

/** `isFree`: whether nothing on the tests' side has this name, the setup included. */
export function namesOfTests(asserts: readonly string[], isFree: (name: string) => boolean): string[] {
  const text = withoutTexts(asserts.join('\n'));
  const names = (pattern: RegExp) => [...text.matchAll(pattern)].map(m => m[1]!);
  const own = new Set(names(DECLARED));
  return [...new Set(names(CALLED))].filter(name => !WORDS.has(name) && !own.has(name) && isFree(name));
}

/** Strings and comments out: a word before a bracket in them is no call. */
const withoutTexts = (code: string): string => code.replaceAll(/\/\/.*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, ' ');
