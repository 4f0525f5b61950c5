// Unicode signs, digits of other scripts and stray control characters in the one spelling the reader of formulas knows.

const DIGIT_ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0xff10] as const;

const signs: Readonly<Record<string, string>> = {
  ...{
    '−': '-',
    '–': '-',
    '—': '-',
    '‐': '-',
    '‑': '-',
    '﹣': '-',
    '－': '-',
    '＋': '+',
    '＝': '=',
    '（': '(',
    '）': ')',
    '，': ',',
    '．': '.',
    '：': ':',
  },
  ...{
    '×': '\\times ',
    '·': '\\cdot ',
    '⋅': '\\cdot ',
    '∗': '*',
    '÷': '\\div ',
    '∕': '/',
    '⁄': '/',
    '√': '\\surd ',
    '∛': '\\sqrt[3] ',
    '±': '\\pm ',
    '∓': '\\mp ',
  },
  ...{
    π: '\\pi ',
    '∞': '\\infty ',
    '∪': '\\cup ',
    '∩': '\\cap ',
    '∖': '\\setminus ',
    '∅': '\\emptyset ',
    '∈': '\\in ',
    ℝ: '\\mathbb{R}',
    ℤ: '\\mathbb{Z}',
  },
  ...{
    '≤': '\\le ',
    '≥': '\\ge ',
    '⩽': '\\le ',
    '⩾': '\\ge ',
    '≠': '\\ne ',
    '≈': '\\approx ',
    '°': '^\\circ ',
    º: '^\\circ ',
    '∠': '\\angle ',
    '′': "'",
    '’': "'",
  },
  ...{
    '⌊': '\\lfloor ',
    '⌋': '\\rfloor ',
    '⌈': '\\lceil ',
    '⌉': '\\rceil ',
    '〈': '\\langle ',
    '〉': '\\rangle ',
    '⟨': '\\langle ',
    '⟩': '\\rangle ',
  },
  ...{
    '²': '^{2}',
    '³': '^{3}',
    '¹': '^{1}',
    '⁰': '^{0}',
    '⁴': '^{4}',
    '⁵': '^{5}',
    '⁶': '^{6}',
    '⁷': '^{7}',
    '⁸': '^{8}',
    '⁹': '^{9}',
    ⁿ: '^{n}',
    '⁻': '^-',
  },
  ...{ '₀': '_0', '₁': '_1', '₂': '_2', '₃': '_3', '₄': '_4', '₅': '_5', '₆': '_6', '₇': '_7', '₈': '_8', '₉': '_9' },
  ...{
    '½': ' 1/2',
    '⅓': ' 1/3',
    '⅔': ' 2/3',
    '¼': ' 1/4',
    '¾': ' 3/4',
    '⅕': ' 1/5',
    '⅖': ' 2/5',
    '⅗': ' 3/5',
    '⅘': ' 4/5',
    '⅙': ' 1/6',
    '⅚': ' 5/6',
    '⅛': ' 1/8',
    '⅜': ' 3/8',
    '⅝': ' 5/8',
    '⅞': ' 7/8',
  },
  ...{
    α: '\\alpha ',
    β: '\\beta ',
    γ: '\\gamma ',
    δ: '\\delta ',
    ε: '\\epsilon ',
    θ: '\\theta ',
    λ: '\\lambda ',
    μ: '\\mu ',
    φ: '\\phi ',
    ϕ: '\\phi ',
    ω: '\\omega ',
    σ: '\\sigma ',
    ρ: '\\rho ',
    τ: '\\tau ',
  },
  ...{
    '“': '"',
    '”': '"',
    '‘': "'",
    '\u00a0': ' ',
    '\u2009': ' ',
    '\u202f': ' ',
    '\u2003': ' ',
    '\u200b': '',
    '\ufeff': '',
    '。': '.',
    '％': '%',
    '＄': '$',
    '\u2061': '',
    '\u2062': '',
  },
};

const superscriptRun = /(?:\^\{\d\}|\^-(?=\^)){2,}|\^-\^\{\d\}/g;

/** The text with LaTeX for its signs and ASCII for its digits. */
export function plainSigns(text: string): string {
  let out = '';
  for (const char of text) out += char <= '~' && char >= ' ' ? char : (signs[char] ?? digitOf(char) ?? controlOf(char));
  return out.replace(superscriptRun, run => `^{${run.replace(/[{}^]/g, '')}}`);
}

function digitOf(char: string): string | undefined {
  const code = char.codePointAt(0)!;
  const zero = DIGIT_ZEROS.find(z => code >= z && code <= z + 9);
  return zero === undefined ? undefined : String(code - zero);
}

/** Tabs and form feeds are what "\t" and "\f" became in a language that unescaped "\text" and "\frac". */
const controlOf = (char: string): string => (char === '\f' ? '\\f' : char === '\t' || char === '\n' || char === '\r' ? ' ' : char);
