// LaTeX and plain formulas cut into tokens. Numbers are read whole (1,234.5 and 6,\!152 and 5\,000 and 2.5e3), runs of letters stay words for
// the parser to decide on, \text{…} is cut in the same way. One pass, no backtracking; the caller caps the length.

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
const upright = new Set([
  'text',
  'mbox',
  'textbf',
  'textit',
  'textrm',
  'textnormal',
  'texttt',
  'mathrm',
  'mathbf',
  'mathit',
  'operatorname',
  'hbox',
  'rm',
  'bf',
  'mathsf',
  'emph',
  'bm',
  'boldsymbol',
  'vec',
  'mathcal',
  'operatorname*',
  'textup',
]);
const silent = new Set([
  'left',
  'right',
  'displaystyle',
  'big',
  'Big',
  'bigl',
  'bigr',
  'Bigl',
  'Bigr',
  'bigg',
  'Bigg',
  'limits',
  'nolimits',
  'boxed',
  'fbox',
  'textstyle',
  'middle',
  'biggl',
  'biggr',
  'mathop',
  'mathbin',
  'mathopen',
  'mathclose',
  'hfill',
  'noindent',
  'ensuremath',
  'scriptstyle',
  'tiny',
  'small',
  'large',
  'Large',
]);
const blanks = new Set([
  '!',
  ',',
  ';',
  ':',
  ' ',
  '>',
  'quad',
  'qquad',
  'space',
  'thinspace',
  'enspace',
  'medspace',
  'hspace',
  '\n',
  'mathstrut',
  'strut',
  'phantom',
  'checkmark',
  'blacksquare',
  'qed',
]);

/** The tokens of a tidied text; null when \text nests too deep. */
export function tokensOf(text: string, settings: TokenSettings): Token[] | null {
  const out: Token[] = [];
  return scan(text, settings, out, false, 0) ? out : null;
}

function scan(text: string, settings: TokenSettings, out: Token[], isUpright: boolean, depth: number): boolean {
  if (depth > DEEPEST) return false;
  let spaced = false;
  let brackets = 0;
  for (let at = 0; at < text.length; ) {
    const char = text[at]!;
    if (char === ' ' || char === '~' || char === '\n') {
      spaced = true;
      at++;
      continue;
    }
    const push = (t: string, s: string, end: number) => {
      out.push({ t, s, spaced, upright: isUpright });
      spaced = false;
      at = end;
    };
    if (isDigit(char) || (char === '.' && isDigit(text[at + 1] ?? ''))) {
      const read = numberAt(text, at, settings, brackets > 0);
      push('num', read.digits, read.end);
      continue;
    }
    const letters = matchAt(LETTERS, text, at);
    if (letters) {
      push('word', letters, at + letters.length);
      continue;
    }
    if (char === '\\' && text[at + 1] !== '\\') {
      const command = matchAt(COMMAND, text, at)?.slice(1) ?? '';
      const end = at + 1 + command.length;
      if (upright.has(command)) {
        const inside = argumentAt(text, end);
        if (inside === null) return false;
        const first = out.length;
        if (!scan(inside.text, settings, out, true, depth + 1)) return false;
        if (out.length > first && spaced) out[first] = { ...out[first]!, spaced: true };
        spaced = inside.text.endsWith(' ');
        at = inside.end;
      } else if (blanks.has(command)) {
        spaced = true;
        at = end;
      } else if (silent.has(command)) at = text[end] === '.' && (command === 'left' || command === 'right') ? end + 1 : end;
      else if (command === '{' || command === '}' || command === '|' || command === '%' || command === '$') {
        brackets += command === '{' ? 1 : command === '}' ? -1 : 0;
        push(command === '%' || command === '$' ? command : `\\${command}`, command, end);
      } else if (command === '' || '&#_'.includes(command)) at = end;
      else push('cmd', command, end);
      continue;
    }
    const sign = matchAt(SIGN, text, at)!;
    if (sign === '(' || sign === '[') brackets++;
    if (sign === ')' || sign === ']') brackets--;
    push(sign, sign, at + sign.length);
  }
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
