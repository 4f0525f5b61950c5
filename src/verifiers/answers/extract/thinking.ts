// What of a completion is said aloud. Text between <think> and </think> does not count, and the template of a chat often opens the thought in
// the prompt, so everything up to the last </think> goes. A thought that is never closed was cut off: what follows it is no answer, except
// an <answer> that is closed, for that is said to the reader by name.

const OPEN = /<(?:think|thinking|thought|reasoning)>/gi;
const CLOSE = /<\/(?:think|thinking|thought|reasoning)>/gi;
/** Tokens of chat templates that a decoder left in the text: <|im_end|>, <|eot_id|>, </s>. */
const SPECIAL = /<\|[\w-]{1,40}\|>|<\/s>|<(?:end_of_turn|eos|pad)>/g;

export interface Spoken {
  readonly text: string;
  /** A thought was closed before this text. */
  readonly afterThought: boolean;
  /** What follows a thought that was never closed; empty when there is none. */
  readonly unfinished: string;
}

/** The part of a completion that counts. */
export function spokenPart(completion: string): Spoken {
  const close = [...completion.matchAll(CLOSE)].at(-1);
  const rest = close ? completion.slice(close.index + close[0].length) : completion;
  const open = [...rest.matchAll(OPEN)][0];
  return {
    text: withoutSpecials(open ? rest.slice(0, open.index) : rest),
    afterThought: close !== undefined,
    unfinished: open ? rest.slice(open.index + open[0].length) : '',
  };
}

const withoutSpecials = (text: string): string => (text.includes('<') ? text.replace(SPECIAL, ' ') : text);
