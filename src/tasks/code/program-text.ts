// From a completion to the program in it. A model asked in a chat puts it into a fenced block, with words around; a base model continues a text
// and everything it writes is program. The last block counts: models that think aloud show drafts first.
import type { Language } from '../../sandbox/backend.ts';

/** What a block of the language may be labelled. */
const LABELS: Readonly<Record<Language, RegExp>> = {
  python: /^(python3?|py)?$/i,
  javascript: /^(javascript|js|node)?$/i,
};

const FENCED = /^[ \t]*```[ \t]*([\w+-]*)[^\n]*\n([\s\S]*?)(?:^[ \t]*```|(?![\s\S]))/gm;

/** The program in a completion: the last fenced block of the language, or the whole text where there is none. */
export function programIn(completion: string, language: Language): string {
  const blocks = [...completion.matchAll(FENCED)].filter(([, label = '']) => LABELS[language].test(label));
  return blocks.at(-1)?.[2] ?? completion;
}

/** Whether Python text defines `name` at its outermost level. */
export const definesInPython = (text: string, name: string): boolean =>
  new RegExp(`^(?:(?:async )?def ${name}\\b|${name}\\s*(?::[^=\\n]+)?=[^=])`, 'm').test(text);
