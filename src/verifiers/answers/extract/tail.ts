// What of the text after "the answer is" is the answer. A formula is taken whole, a list of formulas too; a number goes without the words after
// it unless they belong to it (a unit, a scale, "and"); a choice letter goes alone; words go up to where the explanation begins.

export type Tail = { readonly kind: 'value'; readonly text: string } | { readonly kind: 'cut-off' | 'nothing' };

const NOTHING: Tail = { kind: 'nothing' };
const value = (text: string): Tail => (text === '' ? NOTHING : { kind: 'value', text });

/**
 * The answer at the head of a tail. A clause is the answer itself ("the answer is …"); a sentence may only end in it
 * ("Final Answer: The largest n is 34").
 */
export function answerOf(tail: string, form: 'clause' | 'sentence'): Tail {
  const head = tail.replace(/^[\s:：*_>"'“”‘’]+/, '').replace(HEDGE, '');
  if (head === '' || /^not\b/i.test(head)) return NOTHING;
  const formula = formulaAt(head);
  if (formula === 'cut-off') return { kind: 'cut-off' };
  if (formula) return value(withNeighbours(head, formula));
  const line = head.split('\n', 1)[0]!;
  const choice = choiceAt(line);
  if (choice) return value(choice);
  return value(form === 'sentence' ? endOfSentence(line) : plainAnswer(line));
}

/** "about 3.14" and "exactly 5" are 3.14 and 5. */
const HEDGE = /^(?:(?:approximately|roughly|about|around|exactly|precisely|just|only)\s{1,3}|(?:\\approx|≈)\s{0,3})(?=[-+−$\\\d.])/i;

/** Words that are an answer only when nothing better stands in the text. */
export const isLoose = (text: string): boolean =>
  !/[\d\\]|^[A-Z]$/.test(text) &&
  /^(?:in|the|not|an?|to|given|found|obtained|correct|wrong|right|as|of|that|this|based|we|it|for|only|also|still|therefore|thus|what|simply)\b/i.test(
    text,
  );

interface Formula {
  readonly inside: string;
  /** Its length with its delimiters. */
  readonly length: number;
}

const DELIMITERS = [
  ['$$', '$$'],
  ['$', '$'],
  ['\\(', '\\)'],
  ['\\[', '\\]'],
] as const;

/** The formula a text begins with. */
function formulaAt(text: string): Formula | 'cut-off' | null {
  const pair = DELIMITERS.find(([open]) => text.startsWith(open));
  if (!pair) return null;
  const [open, close] = pair;
  const end = closingDelimiter(text, open.length, close);
  const isMoney =
    open === '$' && /^\$\s?\d/.test(text) && (end < 0 || /[a-z]{3,} |\. [A-Z]/.test(text.slice(1, end).replace(/\\[a-z]+/gi, '')));
  if (isMoney) return null;
  if (end < 0) return 'cut-off';
  const inside = text.slice(open.length, end).trim();
  return { inside: inside.replace(/(?<!\\)[.,;]$/, '').trim(), length: end + close.length };
}

function closingDelimiter(text: string, from: number, close: string): number {
  for (let i = from; i < text.length; i++) {
    if (text.startsWith(close, i)) return i;
    if (text[i] === '\\') i++;
  }
  return -1;
}

const JOINED = /^\s{0,3}(?:[,;]|,?\s?\b(?:and|or)\b)\s{0,3}(?=\$|\\\(|[-\d])/;
const UNIT_AFTER =
  /^\s{0,2}(?:\\?%|°|percent\b|degrees?\b|(?:square |cubic )?(?:units?|inches|inch|feet|foot|ft|yards?|miles?|mi|mm|cm|dm|km|m|meters?|metres?|centimeters?|kilometers?|hours?|hr|minutes?|min|seconds?|sec|days?|weeks?|months?|years?|dollars?|cents?|euros?|pounds?|ounces?|kg|g|mg|grams?|kilograms?|liters?|litres?|ml|mph|km\/h)\b(?:\^?[23])?|[ap]\.?m\b\.?)/i;

/** A formula, with the formulas joined to it and the unit behind it. */
function withNeighbours(head: string, formula: Formula): string {
  let length = formula.length;
  for (;;) {
    const join = JOINED.exec(head.slice(length, length + 40));
    if (!join) break;
    const at = length + join[0].length;
    const next = formulaAt(head.slice(at));
    const number = /^-?\d[\d.,]*\d|^-?\d/.exec(head.slice(at))?.[0].length;
    if (next === 'cut-off' || (next === null && number === undefined)) break;
    length = at + (next?.length ?? number ?? 0);
  }
  const unit = UNIT_AFTER.exec(head.slice(length, length + 60));
  if (unit) return head.slice(0, length + unit[0].length);
  return length === formula.length ? formula.inside : head.slice(0, length);
}

/** "(C)", "C.", "C (Red)", "C Cecile": a choice, unless the letter is part of a formula or the article of a sentence. */
function choiceAt(line: string): string | null {
  const [all, letter] =
    /^(?:(?:for sure|definitely|probably|clearly|likely|option|choice)\s){0,2}[(["'*]{0,3}([A-J])[)\]"'*.,:;!]{0,4}(?=\s|$)/.exec(line) ??
    [];
  if (all === undefined || letter === undefined) return null;
  const rest = line.slice(all.length).trim();
  return /^[-+*/=^<>≤≥]/.test(rest) || (/[A-Z]$/.test(all) && /^[a-z]/.test(rest) && letter === 'A') ? null : letter;
}

const EXPLAINS =
  /[;—–]\s+(?=[a-z]{2,})|\s[-—–]\s(?=[a-z]{2,})|[,;]\s+(?=(?:which|because|since|so|as|where|and (?:it|that|this|not|the|we)|but|i\.e|e\.g|that|it|not|rounded|or (?:about|approximately))\b)|\s+(?=(?:because|since|which|where|as (?:required|desired|shown|we)|if|when)\b)|\s+(?=\(?(?:i\.e|e\.g)\.)/i;
const SENTENCE_END = /(?<=[^\s.\d]|\d|[)\]}%])[.!?](?=["'*)]{0,3}(?:\s+[A-Z\\$<(]|\s*$))/;

/** Up to the end of the sentence, or to where the explanation begins; then without the words that do not belong to a number. */
function plainAnswer(line: string): string {
  const sentence = line.split(SENTENCE_END, 1)[0]!;
  const clause = sentence.split(EXPLAINS, 1)[0]!;
  return tidy(withoutWords(clause));
}

/** Words that are part of a number: scales, connectives, functions. Units are in UNIT_AFTER. */
const BELONGS =
  /^(?:hundred|thousand|million|billion|trillion|dozen|and|or|to|over|out|of|by|plus|minus|times|pi|sqrt|root|sin|cos|tan|ln|log|exp|mod|base|in|if|am|pm|is)$/i;

/** "12个", "12です": a counter or a verb without a blank before it. */
const FOREIGN = /^\s?[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Devanagari}。]/u;

/** "12 apples" is 12 (apples are in the question), "12 cm" and "3 million" stay. */
function withoutWords(clause: string): string {
  const number = /^[-+−]?\s?(?:[$€£¥]\s?)?(?:\d[\d,.]*|\.\d+)(?:\s\d+\/\d+|\/\d+|\s?[½⅓⅔¼¾⅛])?|^[-+−]?[½⅓⅔¼¾⅛]/.exec(clause)?.[0];
  if (number === undefined) return clause;
  const rest = clause.slice(number.length);
  if (FOREIGN.test(rest) || /^\s+\([a-z]/i.test(rest)) return number;
  const word = /^\s+([A-Za-z]{2,}|a)\b/.exec(rest)?.[1];
  if (word === undefined || BELONGS.test(word)) return clause;
  const unit = UNIT_AFTER.exec(rest)?.[0];
  return unit === undefined ? number : number + unit;
}

/** The last value of a sentence: after its last "is", else its last formula, else its last number. */
function endOfSentence(line: string): string {
  const sentence = tidy(line);
  if (/^[-+−$\\([{.\d]/.test(sentence) && !/[a-z]{3,} [a-z]/.test(sentence)) return sentence;
  const after = /^.*\b(?:is|are|equals|be|=)\s+(.+)$/s.exec(sentence)?.[1];
  if (after !== undefined) {
    const inner = answerOf(after, 'clause');
    if (inner.kind === 'value' && /[\d\\$]|^[A-Z]/.test(inner.text)) return inner.text;
  }
  const formula = [...sentence.matchAll(/\$([^$]+)\$|\\\((.+?)\\\)/g)].at(-1);
  if (formula) return (formula[1] ?? formula[2])!.trim();
  return [...sentence.matchAll(/-?\d[\d,]*(?:\.\d+)?(?:\/\d+)?%?/g)].at(-1)?.[0] ?? sentence;
}

/** Without the emphasis, quotes and full stop around it. */
export function tidy(text: string): string {
  return text
    .trim()
    .replace(/^[\s*_"'“”‘’`]+/, '')
    .replace(/(?:(?<!\\)[\s*_"'“”‘’`.,;:!?]|(?<=\$)\.)+$/, '')
    .trim();
}
