// What goes into and comes out of the clean actor.

import type { Task } from '../../actor/actor.ts';
import type { AnalyzedText } from '../../lexical/analyzed-text.ts';
import type { FailedItem } from '../extract/extract-messages.ts';

export interface TextItem {
  readonly title: string;
  readonly text: string;
  /** False for a document that brings its own vector: it is one chunk whatever its length. */
  readonly isChunked: boolean;
}

/** A span of the cleaned text that gets a vector of its own. */
export interface Chunk {
  /** UTF-16 offsets into CleanText.text. */
  readonly start: number;
  readonly end: number;
  /** What the model reads: the title, then the span. At most 256 tokens of the default model. */
  readonly embedText: string;
}

export interface CleanText {
  readonly status: 'ok';
  /** Title, a line break, body, all cleaned; what snippets and the lexical index are taken from. */
  readonly text: string;
  /** UTF-16 units of the title at the start of `text`. */
  readonly titleLength: number;
  /** What the lexical index keeps of `text`. */
  readonly lexical: AnalyzedText;
  /** At least one. */
  readonly chunks: readonly Chunk[];
}

export interface CleanTasks {
  /** Index-aligned. */
  clean: Task<
    { readonly items: readonly TextItem[] },
    { readonly items: readonly (CleanText | FailedItem)[] }
  >;
}
