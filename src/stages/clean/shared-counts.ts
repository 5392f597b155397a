// Where the counts of a document's terms lie on their way to the index. An array of its own would be allocated anew by each
// of the three threads it passes through, and collected by each; of memory that threads share, a reference is sent.

import type { CountRoom } from '../../lexical/analyze-text.ts';

/** Some hundred documents of a hundred terms. It lives until the last of them is indexed. */
const memoryBytes = 32 * 1024;

/** Room for one document after the other; each piece is given once. */
export function sharedCounts(): CountRoom {
  let memory = new SharedArrayBuffer(memoryBytes);
  let used = 0;
  return (values) => {
    const bytes = values * Uint16Array.BYTES_PER_ELEMENT;
    if (used + bytes > memory.byteLength) {
      memory = new SharedArrayBuffer(Math.max(memoryBytes, bytes));
      used = 0;
    }
    const counts = new Uint16Array(memory, used, values);
    used += bytes;
    return counts;
  };
}
