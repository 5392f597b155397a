// The exact lane: a query that names a document by its id, or is about an error code that hardly any document holds,
// gets those documents first, whatever the scores say. In a pasted ticket it is otherwise: its paths, versions and
// device names stand in one or two other tickets by chance. Of 250 such documents in the judged sets one in five was
// relevant, fewer than of the first hits.

export interface NamedIdentifier {
  /** As the index knows it, whole. */
  readonly term: string;
  /** Documents of the searched collections that hold it. */
  readonly holders: number;
}

/** More documents than this that hold an identifier are a topic, not a find. */
const holdersMax = 3;
/** Of the first five hits, two stay for the ranking. */
export const pinnedMax = 3;

/** A question that is about its identifier has few words beside it. */
const wordsMax = 8;
/** A code means something in a longer sentence too; beyond, a text is a report. */
const wordsAroundCodeMax = 24;
/** ORA-00942, ERR_NGX_502, 0x80070005, KB4013429: letters and digits, and a connector or three digits in a row. */
const code = /^(?=.*\p{L})(?=.*\p{N})[\p{L}\p{N}_-]*(?:[-_]|\p{N}{3})[\p{L}\p{N}_-]*$/u;
/** Versions, counts and sizes name no document. */
const numeric = /^v?[\p{N}.,:-]+$/u;

/** Whether the documents that hold the identifier go on top. `wordCount`: of the whole query, stop words included. */
export function isPinning({ term, holders }: NamedIdentifier, wordCount: number): boolean {
  if (holders < 1 || holders > holdersMax || numeric.test(term)) return false;
  return wordCount <= (code.test(term) ? wordsAroundCodeMax : wordsMax);
}
