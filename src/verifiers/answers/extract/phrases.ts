// "The answer is …", "ANSWER: …", "**Final Answer:** …", and Minerva's "Final Answer: The final answer is …. I hope it is correct."
// (arXiv 2206.14858, appendix D). The last one counts, for a model may correct itself; but a remark without a value after it ("the answer is in
// its simplest form") does not undo the answer before it. What of the tail is the answer is the business of tail.ts.
import type { Find, Marker } from './marks.ts';
import { answerOf, isLoose } from './tail.ts';

const NAMED = String.raw`(?:\*{1,2}|_{1,2})?\b(?:answer|ans)(?:\*{1,2}|_{1,2})?`;
const LINK = String.raw`(?:\s{0,3}(?:to (?:the|this|that) (?:question|problem))?\s{0,3}(?:is|are|was|=|equals|would be|will be|should be|must be|comes out (?:as|to be))(?![a-zA-Z])(?:\s{0,3}(?:therefore|thus|simply|then|hence|given by|clearly))?)`;
const COLON = String.raw`(?:\s{0,3}(?:\*{1,2})?\s{0,3}[:：])`;
const BEFORE_MATH = String.raw`(?=\*{0,2}\s{0,5}(?:\\\[|\\\(|\$|\\boxed\b|\\fbox\b))`;
const ENGLISH = new RegExp(`${NAMED}(?:${LINK}${COLON}?|${COLON}|${BEFORE_MATH})`, 'gi');

/** The same phrase elsewhere: Chinese, Japanese, French, Spanish, Italian, Portuguese, German, Russian, Hindi, Arabic. */
const ELSEWHERE =
  /(?:答案|答え|答)(?:应该|應該)?\s{0,3}(?:是|为|為|は|[:：])|(?:réponse|respuesta|risposta|resposta|antwort|lösung|ответ)(?:\s{1,3}(?:finale|final|correcte))?\s{0,3}(?:est|es|è|é|ist|lautet|[:：—–])|(?:उत्तर|जवाब)\s{0,3}(?:है|[:：])|(?:الإجابة|الجواب)\s{0,3}(?:هي|هو|[:：])/giu;

const MINERVA = /final answer\s{0,3}(?:\*{2})?:\s{0,5}(?:\*{2})?\s{0,5}(?:so,?\s)?(?:the final answer(?: is)?:?\s)?/gi;
const HOPE = /\.?\s{0,5}I hope it is correct/i;

/** "Final Answer: The largest n is 34": after a colon a whole sentence may follow, its value last. */
const SENTENCE = /^\W{0,5}(?:the|so|therefore|thus|hence|there|she|he|it|they|we)\b[^\n]{1,300}?\s(?:is|are|=|equals)\s/i;

/** "**Answer**" or "### Final Answer" as a line of its own, the answer below it. */
const HEADING = /(?<=^|\n)[#*_ \t]{1,12}(?:final )?answer[*_: \t]{0,8}\r?\n/gi;

/** "A: 42" as the last line: the other half of "Q: …". */
const LAST_LINE = /(?<=^|\n)A:[ \t]{1,5}(?=\S[^\n]{0,200}\s{0,20}$)/g;

/** "The result is $3$" and nothing after it. */
const RESULT = /\b(?:result|solution|value|total|sum|product|probability|answer)\s{1,3}(?:is|equals|=|:)\s{0,3}(?=[-+−$\\\d(])/gi;

const TAIL = 2000;
/** Phrases looked at from the end; more of them than this are a loop, not an answer. */
const MOST_PHRASES = 100;

/** Minerva's form: complete with its "I hope", or the doubled "Final Answer: The final answer is". */
export function lastMinerva(text: string): Find | null {
  for (const match of latest(text, MINERVA)) {
    const end = match.index + match[0].length;
    const tail = text.slice(end, end + TAIL);
    const hope = HOPE.exec(tail);
    const isDoubled = /the final answer/i.test(match[0].slice(5));
    if (!hope && !isDoubled) continue;
    const inside = hope ? tail.slice(0, hope.index) : tail.split('\n\n', 1)[0]!;
    const answer = answerOf(inside, 'sentence');
    if (answer.kind === 'value') return { at: match.index, end: end + inside.length, text: answer.text, marker: 'minerva' };
  }
  return null;
}

/** The last "answer is …" whose tail holds a value; else the last whose tail holds words. 'cut-off' where the text ends inside its formula. */
export function lastPhrase(text: string): Find | { readonly cutOffAt: number } | null {
  let loose: Find | null = null;
  for (const match of latest(text, ENGLISH, ELSEWHERE, HEADING, LAST_LINE)) {
    const end = match.index + match[0].length;
    const tail = text.slice(end, end + TAIL);
    const answer = answerOf(tail, /[:：]\W*$/.test(match[0]) && SENTENCE.test(tail) ? 'sentence' : 'clause');
    if (answer.kind === 'cut-off') return { cutOffAt: match.index };
    if (answer.kind !== 'value') continue;
    const find: Find = { at: match.index, end, text: answer.text, marker: markerOf(answer.text) };
    if (!isLoose(answer.text)) return find;
    loose ??= find;
  }
  return loose;
}

/** "The result is $3$." where the text ends with it: weaker than any phrase that names the answer. */
export function lastResult(text: string): Find | null {
  const [match] = latest(text.slice(-TAIL), RESULT);
  if (!match) return null;
  const tail = text.slice(-TAIL).slice(match.index + match[0].length);
  const answer = answerOf(tail, 'clause');
  if (answer.kind !== 'value' || tail.replace(/[\s$.()[\]\\*]/g, '').length > answer.text.replace(/[\s$.()[\]\\*]/g, '').length + 10)
    return null;
  return { at: match.index, end: text.length, text: answer.text, marker: 'answer-phrase' };
}

const markerOf = (answer: string): Marker => (/^[A-J]$/.test(answer) ? 'letter' : 'answer-phrase');

function latest(text: string, ...patterns: readonly RegExp[]): RegExpExecArray[] {
  const all = patterns.flatMap(pattern => [...text.matchAll(pattern)]);
  return all.sort((a, b) => b.index - a.index).slice(0, MOST_PHRASES);
}
