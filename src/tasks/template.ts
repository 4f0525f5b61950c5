// "{body} {question}": a text with named places. Filled in one pass, so that braces in the values stay as they are.

const PLACE = /\{(\w[\w .-]*)\}/g;

/** The names of the places, each once, in order. */
export const placesOf = (template: string): string[] => [...new Set([...template.matchAll(PLACE)].map(match => match[1]!))];

/** The template with its places filled; a name without a value stays as it stands. */
export const filled = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(PLACE, (place, name: string) => (Object.hasOwn(values, name) ? values[name]! : place));
