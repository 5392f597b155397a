// A set of labels within one block of 4,096, as it lies on disk: a sorted list of 16-bit numbers while it has less than
// 256 of them, a bitmap of 512 bytes from then on (Roaring bitmaps: Chambi, Lemire, Kaser, Godin 2016). A row's length
// says which of the two it is.

/** Labels of one block: `label >>> blockShift` is the block's number. */
export const blockShift = 12;
export const blockLabels = 1 << blockShift;
/** 32-bit words of a block's bitmap. */
export const blockWords = blockLabels / 32;
const bitmapBytes = blockLabels / 8;
/** Labels in a list: with more, the bitmap is shorter. */
const listMax = bitmapBytes / 2 - 1;

/** Adds the row's labels to a block's bitmap, shape [blockWords]. */
export function addRow(row: Uint8Array, words: Uint32Array): void {
  if (row.length === bitmapBytes) {
    for (let word = 0, at = 0; word < blockWords; word++, at += 4)
      words[word] = (words[word] as number) | wordAt(row, at);
    return;
  }
  for (let at = 0; at + 1 < row.length; at += 2) {
    const label = (row[at] as number) | ((row[at + 1] as number) << 8);
    words[label >>> 5] = (words[label >>> 5] as number) | (1 << (label & 31));
  }
}

/**
 * Room for labels behind those of a row, which is copied: the new row, and how many bytes of it are filled. Null where it
 * would not be a list. `row`: undefined is an empty one.
 */
export function roomBehind(
  row: Uint8Array | undefined,
  count: number,
): { readonly row: Buffer; readonly filled: number } | null {
  const filled = row?.length ?? 0;
  if (filled === bitmapBytes || filled / 2 + count > listMax) return null;
  const longer = Buffer.allocUnsafe(filled + count * 2);
  // Byte by byte: what a store lends is longer than its `length` says, and `set` would copy all of it.
  for (let at = 0; row !== undefined && at < filled; at++) longer[at] = row[at] as number;
  return { row: longer, filled };
}

/** How many of the row's labels are in a block's bitmap. */
export function countCommon(row: Uint8Array, words: Uint32Array): number {
  let count = 0;
  if (row.length === bitmapBytes) {
    for (let word = 0, at = 0; word < blockWords; word++, at += 4)
      count += popCount(wordAt(row, at) & (words[word] as number));
    return count;
  }
  for (let at = 0; at + 1 < row.length; at += 2) {
    const label = (row[at] as number) | ((row[at + 1] as number) << 8);
    count += ((words[label >>> 5] as number) >>> (label & 31)) & 1;
  }
  return count;
}

/** The row of a block's bitmap; null: it is empty, and has no row. */
export function rowOf(words: Uint32Array): Buffer | null {
  const count = countWords(words);
  if (count === 0) return null;
  if (count > listMax) {
    const row = Buffer.allocUnsafe(bitmapBytes);
    for (let word = 0; word < blockWords; word++) row.writeUInt32LE(words[word] as number, word * 4);
    return row;
  }
  const row = Buffer.allocUnsafe(count * 2);
  let at = 0;
  for (let word = 0; word < blockWords; word++) {
    for (let bits = words[word] as number; bits !== 0; bits &= bits - 1) {
      const label = word * 32 + (31 - Math.clz32(bits & -bits));
      row[at++] = label & 0xff;
      row[at++] = label >>> 8;
    }
  }
  return row;
}

export function countWords(words: Uint32Array): number {
  let count = 0;
  for (let word = 0; word < words.length; word++) count += popCount(words[word] as number);
  return count;
}

/** Bits that are set in 32 of them (Warren, Hacker's Delight, figure 5-2). */
export function popCount(bits: number): number {
  let sum = bits - ((bits >>> 1) & 0x55555555);
  sum = (sum & 0x33333333) + ((sum >>> 2) & 0x33333333);
  return (((sum + (sum >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

function wordAt(row: Uint8Array, at: number): number {
  return (
    (row[at] as number) |
    ((row[at + 1] as number) << 8) |
    ((row[at + 2] as number) << 16) |
    ((row[at + 3] as number) << 24)
  );
}
