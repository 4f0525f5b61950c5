// LaTeX and plain formulas cut into tokens. Numbers are read whole (1,234.5 and 6,\!152 and 5\,000 and 2.5e3), runs of letters stay words for
// the parser to decide on, \text{…} is cut in the same way. One pass, no backtracking; the caller caps the length.

import { blanks, silent, upright } from './commands.ts';

export interface Token {
  /** num, word (letters), cmd (\name), or the sign itself: + - ( \{ … */
  readonly t: string;
  /** The digits, letters or name. */
  readonly s: string;
  /** Whether blank space stands before it. */
  readonly spaced: boolean;
  /** Whether it stood in \text{…} or \mathrm{…}. */
  readonly upright: boolean;
}

export interface TokenSettings {
  /** How 1,234 is read: outside brackets thousands and inside a pair (plain), or the other way round. */
  readonly commas: 'plain' | 'other';
  readonly decimalComma: boolean;
}

const DEEPEST = 8;
const COMMAND = /\\(?:[a-zA-Z]+|.)/sy;
const LETTERS = /[a-zA-Z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff]+/y;
const SIGN = /\*\*|<=|>=|!=|==|->|=>|\{,\}|\\\\|./suy;
const THIN = /\{,\}(?:\\!)?|,?\s?\\!\s?|\\[,; ]|~/y;
const TAIL = /(?:\.\d+)?(?:[eE][+-]?\d+(?![a-zA-Z\d]))?/y;
/** The decimals of 0.1\overline{6}. */
const REPEATING = /^\.(\d*)\\(?:overline|bar)\s?\{(\d+)\}/;
const DIGITS = /\d+/y;
const GROUP = /\d{3}(?!\d)/y;

/** The tokens of a tidied text; null when \text nests too deep. */
export function tokensOf(text: string, settings: TokenSettings): Token[] | null {
  const out: Token[] = [];
  return scan(text, settings, out, false, 0) ? out : null;
}

/** Where the scan is, and what it has seen. */
interface Scan {
  readonly text: string;
  readonly settings: TokenSettings;
  readonly out: Token[];
  readonly upright: boolean;
  readonly depth: number;
  at: number;
  spaced: boolean;
  brackets: number;
}

function scan(text: string, settings: TokenSettings, out: Token[], isUpright: boolean, depth: number): boolean {
  if (depth > DEEPEST) return false;
  const state: Scan = { text, settings, out, upright: isUpright, depth, at: 0, spaced: false, brackets: 0 };
  while (state.at < text.length) if (!scanOne(state)) return false;
  return true;
}

/** Takes whatever stands at the place; false when \text is not closed. */
function scanOne(s: Scan): boolean {
  const char = s.text[s.at]!;
  if (char === ' ' || char === '~' || char === '\n') {
    s.spaced = true;
    s.at++;
    return true;
  }
  if (isDigit(char) || (char === '.' && isDigit(s.text[s.at + 1] ?? ''))) {
    const read = numberAt(s.text, s.at, s.settings, s.brackets > 0);
    return push(s, 'num', read.digits, read.end);
  }
  const letters = matchAt(LETTERS, s.text, s.at);
  if (letters) return push(s, 'word', letters, s.at + letters.length);
  if (char === '\\' && s.text[s.at + 1] !== '\\') return scanCommand(s);
  const sign = matchAt(SIGN, s.text, s.at)!;
  if (sign === '(' || sign === '[') s.brackets++;
  if (sign === ')' || sign === ']') s.brackets--;
  return push(s, sign, sign, s.at + sign.length);
}

function push(s: Scan, t: string, letters: string, end: number): true {
  s.out.push({ t, s: letters, spaced: s.spaced, upright: s.upright });
  s.spaced = false;
  s.at = end;
  return true;
}

/** \{ and its like are signs with their backslash, \% and \$ without. */
const escaped: Readonly<Record<string, string>> = { '{': '\\{', '}': '\\}', '|': '\\|', '%': '%', $: '$' };

function scanCommand(s: Scan): boolean {
  const command = matchAt(COMMAND, s.text, s.at)?.slice(1) ?? '';
  const end = s.at + 1 + command.length;
  if (upright.has(command)) return scanArgument(s, end);
  const sign = escaped[command];
  if (sign !== undefined) {
    s.brackets += command === '{' ? 1 : command === '}' ? -1 : 0;
    return push(s, sign, command, end);
  }
  const isBlank = blanks.has(command);
  if (!isBlank && !silent.has(command) && command !== '' && !'&#_'.includes(command)) return push(s, 'cmd', command, end);
  s.spaced ||= isBlank;
  const isInvisible = s.text[end] === '.' && (command === 'left' || command === 'right');
  s.at = isInvisible ? end + 1 : end;
  return true;
}

/** The words and numbers of \text{…}. */
function scanArgument(s: Scan, from: number): boolean {
  const inside = argumentAt(s.text, from);
  if (inside === null) return false;
  const first = s.out.length;
  if (!scan(inside.text, s.settings, s.out, true, s.depth + 1)) return false;
  if (s.out.length > first && s.spaced) s.out[first] = { ...s.out[first]!, spaced: true };
  s.spaced = inside.text.endsWith(' ');
  s.at = inside.end;
  return true;
}

const isDigit = (char: string): boolean => char >= '0' && char <= '9';

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

/** The {…} after a command (or the one token), with where it ends. */
function argumentAt(text: string, from: number): { text: string; end: number } | null {
  let at = from;
  while (text[at] === ' ') at++;
  if (text[at] !== '{') return at < text.length ? { text: text[at]!, end: at + 1 } : null;
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === '{' && text[i - 1] !== '\\') depth++;
    if (text[i] === '}' && text[i - 1] !== '\\' && --depth === 0) return { text: text.slice(at + 1, i), end: i + 1 };
  }
  return null;
}

/** A number that begins here: its digits without separators ("1234.5", "25e-1"), and where it ends. */
function numberAt(text: string, from: number, settings: TokenSettings, isInBrackets: boolean): { digits: string; end: number } {
  let digits = matchAt(DIGITS, text, from) ?? '';
  let at = from + digits.length;
  const isShort = digits.length > 0 && (digits.length <= 3 || digits.startsWith('0'));
  if (isShort) {
    for (;;) {
      const separator = separatorAt(text, at, settings, isInBrackets);
      const group = separator > 0 ? matchAt(GROUP, text, at + separator) : null;
      if (!group || (text[at] === ' ' && text[at + 4] === '/')) break; // "1 100/101" is a mixed number
      digits += group;
      at += separator + 3;
    }
  }
  const comma = settings.decimalComma || text.startsWith('{,}', at) ? /^(?:,|\{,\})(\d+)(?![\d,])/.exec(text.slice(at, at + 60)) : null;
  if (comma && !digits.includes('.')) return { digits: `${digits}.${comma[1]}`, end: at + comma[0].length };
  const repeating = REPEATING.exec(text.slice(at, at + 80));
  if (repeating) return { digits: `${digits}.${repeating[1]}(${repeating[2]})`, end: at + repeating[0].length };
  const tail = matchAt(TAIL, text, at) ?? '';
  if (tail === '' && text[at] === '.' && !/[.\d]/.test(text[at + 1] ?? '')) at++;
  return { digits: digits + tail, end: at + tail.length };
}

/** How long the thousands separator here is; 0 when there is none. */
function separatorAt(text: string, at: number, settings: TokenSettings, isInBrackets: boolean): number {
  const thin = matchAt(THIN, text, at);
  if (thin !== null) return thin.length;
  if (text[at] === ' ' && !isInBrackets) return 1;
  if (text[at] !== ',') return 0;
  const isThousands = isInBrackets === (settings.commas === 'other') || (isInBrackets && /^,0\d\d(?!\d)/.test(text.slice(at, at + 5)));
  return isThousands ? 1 : 0;
}
