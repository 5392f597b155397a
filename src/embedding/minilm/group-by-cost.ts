// Cuts a list of texts into tasks of about equal work, so that a thread is never busy with one for long.

export interface TextGroup {
  /** Index of the group's first text in the list. */
  readonly start: number;
  readonly texts: Int32Array[];
}

/**
 * Groups neighbours while their tokens stay within `groupTokensMax`; a longer text stands alone. The tokens alone give
 * the cost: one text a run leaves no padding that sorting by length would save.
 */
export function groupByCost(texts: readonly Int32Array[], groupTokensMax: number): TextGroup[] {
  const groups: TextGroup[] = [];
  let groupTokens = Number.POSITIVE_INFINITY;
  for (const [index, text] of texts.entries()) {
    groupTokens += text.length;
    const group = groups.at(-1);
    if (group !== undefined && groupTokens <= groupTokensMax) {
      group.texts.push(text);
    } else {
      groups.push({ start: index, texts: [text] });
      groupTokens = text.length;
    }
  }
  return groups;
}
