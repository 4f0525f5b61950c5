// Forms that people and models type where LaTeX has a sign: U between intervals, "..." in a list, 3+2j, 6.02 x 10^23, 1'000, <1, 2> for angle
// brackets, ]0, 1[ for an open interval, 0.333... and 0.(3) for a repeating decimal. Each becomes the LaTeX the reader knows.

/** The text with LaTeX for what was typed. */
export function plainForms(text: string): string {
  let out = text;
  if (out.includes('U')) out = out.replace(/([)\]}])\s?U\s?(?=[([{\\])/g, '$1\\cup ');
  if (out.endsWith('j') && /^[\d\s.+*-]+j$/.test(out)) out = `${out.slice(0, -1)}i`;
  if (out.includes('color')) out = out.replace(/\\(?:text)?color\s?\{[a-z]+\}/g, '');
  if (out.includes('{}')) out = out.replace(/\{\}(?=[_^])/g, '');
  if (BASIS.test(out)) out = out.replace(BASIS_EACH, '\\hat{$1}');
  if (out.includes('phantom')) out = out.replace(/\\[hv]?phantom\s?\{[^{}]*\}/g, ' ');
  if (out.includes('10')) out = out.replace(/(\d)\s?[xX]\s?(?=10\s?\^)/g, '$1\\times ');
  if (SWISS.test(out)) out = out.replaceAll("'", '');
  if (out.startsWith('<')) out = out.replace(/^<([^<>]*,[^<>]*)>$/, '\\langle $1\\rangle ');
  if (out.includes('[')) out = withoutOutwardBrackets(out);
  if (out.includes('.')) out = repeatingDecimals(out);
  return out.includes('...') ? out.replace(/,\s?\.\.\./g, ',\\ldots ') : out;
}

/** The unit vectors, however they are set. */
const BASIS = /\\(?:mathbf|vec|boldsymbol|bm|widehat|hat)\s?(?:\{\s?\\?[ij](?:math)?\s?\}|\\?[ij]math)/;
const BASIS_EACH = /\\(?:mathbf|vec|boldsymbol|bm|widehat|hat)\s?(?:\{\s?)?\\?([ijk])(?:math)?(?:\s?\})?(?![a-z])/g;

const SWISS = /^-?\$?\d{1,3}(?:'\d{3})+(?:\.\d+)?$/;

const OUTWARD = /(?:\\left)?([[\]])([^[\]();]{1,80},[^[\]();]{1,80}?)(?:\\right)?([[\]])/g;
const ONLY_INTERVALS = /^(?:\\left)?[[\]][^[\]();]{1,80}[[\]](?:\s?\\cup\s?(?:\\left)?[[\]][^[\]();]{1,80}[[\]])*$/;

/** ]0, 1[ is (0, 1), where a whole text is such intervals. */
function withoutOutwardBrackets(text: string): string {
  const isOutward = text.length < 500 && (/^(?:\\left)?\]/.test(text) || text.endsWith('[')) && ONLY_INTERVALS.test(text);
  if (!isOutward) return text;
  return text.replace(OUTWARD, (_, open: string, inside: string, close: string) => {
    return `${open === ']' ? '(' : '['}${inside.replace(/\\right$/, '')}${close === '[' ? ')' : ']'}`;
  });
}

const TYPED = /(?<![\d.])(\d{0,20})\.(\d{1,40})\s?(?:\.{3}|…|\\l?dots(?![a-z])\s?)(?!\d)/g;
const DOTTED = /\.(\d{0,20})\\dot\s?\{?(\d)\}?(?:(\d{0,20})\\dot\s?\{?(\d)\}?)?/g;
const IN_BRACKETS = /(?<=\d)\.(\d{0,20})\((\d{1,20})\)(?!\s?[\^\d])/g;

function repeatingDecimals(text: string): string {
  let out = text;
  if (/\.{3}|…|dots/.test(out)) out = out.replace(TYPED, (all, before: string, digits: string) => repeated(before, digits) ?? all);
  if (out.includes('\\dot'))
    out = out.replace(
      DOTTED,
      (_, fixed: string, a: string, between?: string, b?: string) => `.${fixed}\\overline{${a}${between ?? ''}${b ?? ''}}`,
    );
  return /^-?\d+\.\d*\(\d+\)$/.test(out) ? out.replace(IN_BRACKETS, '.$1\\overline{$2}') : out;
}

/** The shortest block that the digits end in: a single digit three times, a longer one twice; null when nothing repeats. */
function repeated(before: string, digits: string): string | null {
  for (let size = 1; size <= digits.length / 2; size++) {
    const block = digits.slice(-size);
    const times = size === 1 ? 3 : 2;
    if (!digits.endsWith(block.repeat(times))) continue;
    let end = digits.length;
    while (end >= size && digits.slice(end - size, end) === block) end -= size;
    return `${before}.${digits.slice(0, end)}\\overline{${block}}`;
  }
  return null;
}
