// Who and what the stories are about. `home` is the vocabulary of the task itself; `away` is that of the transfer stories: the same
// arithmetic with other names and things, seen rarely in pre-training and never trained on afterwards. Short words, so that a small
// tokenizer holds each as one token.

export interface Name {
  readonly name: string;
  readonly pronoun: 'He' | 'She';
}

export interface Lexicon {
  /** Which wordings of phrases.ts a story of this lexicon uses. */
  readonly voice: 'home' | 'away';
  readonly names: readonly Name[];
  /** Plural nouns. */
  readonly things: readonly string[];
  readonly questions: readonly string[];
}

const he = (name: string): Name => ({ name, pronoun: 'He' });
const she = (name: string): Name => ({ name, pronoun: 'She' });

export const home: Lexicon = {
  voice: 'home',
  names: [
    he('Tom'),
    he('Ben'),
    he('Sam'),
    he('Max'),
    he('Leo'),
    he('Jon'),
    she('Ann'),
    she('Eva'),
    she('Mia'),
    she('Zoe'),
    she('Ida'),
    she('Amy'),
  ],
  things: ['pens', 'cups', 'eggs', 'nuts', 'caps', 'pins', 'toys', 'keys', 'cards', 'rings'],
  questions: ['How many {t} does {N} have now?', 'How many {t} does {N} have in the end?'],
};

export const away: Lexicon = {
  voice: 'away',
  names: [he('Ali'), he('Hugo'), he('Ravi'), she('Noor'), she('Olga'), she('Yuki')],
  things: ['coins', 'books', 'balls', 'seeds', 'shells'],
  questions: ['What number of {t} is left with {N}?', 'Find the number of {t} of {N}.'],
};
