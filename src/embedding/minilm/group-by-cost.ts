// Cuts a list of texts into groups of about equal work: tasks, so that a thread is never busy with one for long, and runs.

export interface TextGroup<Text> {
  /** Index of the group's first text in the list. */
  readonly start: number;
  readonly texts: Text[];
}

/**
 * Groups neighbours while their tokens stay within `groupTokensMax`; a longer text stands alone. The tokens alone give
 * the cost: nothing is padded, so sorting by length would save nothing.
 */
export function groupByCost<Text extends ArrayLike<number>>(
  texts: readonly Text[],
  groupTokensMax: number,
): TextGroup<Text>[] {
  const groups: TextGroup<Text>[] = [];
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
