// Text from documents must not steer the terminal that it is shown on: escape sequences could hide, overwrite or fake
// what an operator sees, and direction overrides could reorder it.

const controls = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** One line: control characters and line breaks become spaces, runs of them one. */
export function safeLine(text: string): string {
  return text.replace(controls, ' ').replace(/\s+/g, ' ').trim();
}

/** As many characters as before, none of which the terminal obeys: what is written below stays below. */
export function safeCharacters(text: string): string {
  return text.replace(controls, ' ');
}

/** Several lines: line breaks and tabs stay. */
export function safeBlock(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(controls, (mark) => (mark === '\n' || mark === '\t' ? mark : ' '));
}

/** JSON on one line whose text is still the same, with what a terminal might obey in escaped form. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    controls,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** At most `charactersMax` characters (not halves of them). */
export function shortened(text: string, charactersMax: number): string {
  const characters = Array.from(text);
  return characters.length <= charactersMax ? text : `${characters.slice(0, charactersMax - 1).join('')}…`;
}
