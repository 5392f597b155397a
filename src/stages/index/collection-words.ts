// The words of one collection in one shard: its lexical index, under the name and number that the store knows it by.

import type { LexicalIndex } from '../../lexical/lexical-index.ts';

export interface CollectionWords {
  readonly name: string;
  /** As in the store; may change until the first commit of the collection is on disk. */
  number: number;
  readonly lexical: LexicalIndex;
}
