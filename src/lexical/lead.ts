// The lead of a text: its first sentence or line, which says in a few words what the rest is about. Tickets are written
// so, and it is the nearest thing to a title where there is none.

/** A longer sentence says more than what the text is about, or there is no sentence. */
const leadLengthMax = 200;

/** A Chinese or Japanese sentence needs no blank behind it. Words are never cut: analysis would see others. */
const endOfSentence = /[.?!](?=\s)|。|(?=\n)/;

/** A beginning of `text`, of whole words; empty when the first one is longer than `leadLengthMax` UTF-16 units. */
export function leadOf(text: string): string {
  const beginning = text.slice(0, leadLengthMax + 1);
  const found = endOfSentence.exec(beginning);
  if (found !== null) return beginning.slice(0, found.index + found[0].length);
  if (text.length <= leadLengthMax) return text;
  return beginning.slice(0, Math.max(0, beginning.search(/\s\S*$/)));
}
