// Text of models and files on its way to a person. Completions are hostile: they may hold markup, terminal commands, or marks that turn the
// reading direction and make a line say what it does not. Everything that reaches report.html or the terminal goes through here.

// controls, formats (zero-width, bidirectional, tags), line and paragraph separators; tab and newline are seen as what they are
const UNSEEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const named = (character: string): string => `⟨${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`;

/** Shows characters that act or hide instead of being seen: U+202E becomes '⟨202E⟩'. Lone surrogates become U+FFFD. */
export const visible = (text: string): string => text.toWellFormed().replaceAll('\r\n', '\n').replace(UNSEEN, named);

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '`': '&#96;' };

/** Text for an element or a quoted attribute. */
export const escapeHtml = (text: string): string => visible(text).replace(/[&<>"'`]/g, c => ENTITIES[c]!);

/** Markup made by us. The only way from text to Html is `html`, which escapes. */
export interface Html {
  readonly markup: string;
}

type Value = string | number | Html | null | readonly Value[];

const markupOf = (value: Value): string => {
  if (value === null) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return 'markup' in value ? value.markup : value.map(markupOf).join('');
};

/** A template whose holes are escaped; Html goes in as it is, lists one after the other, null as nothing. */
export const html = (texts: TemplateStringsArray, ...values: readonly Value[]): Html => ({
  markup: texts.map((text, i) => text + markupOf(values[i] ?? null)).join(''),
});

export type { Value as HtmlValue };
