// The pure core of the clean stage: one extracted text in, its cleaned text, the chunks of it, and the terms of it out.
// Terms are made here because a shard's thread has searches to answer, and this one has not.

import { KmsError } from '../../base/errors.ts';
import type { ModelTokenizer } from '../../embedding/embedding-provider.ts';
import { analyzeDocument, type CountRoom } from '../../lexical/analyze-text.ts';
import { limits } from '../../model/limits.ts';
import { chunkText, singleChunk } from './chunk-text.ts';
import type { CleanText, TextItem } from './clean-messages.ts';
import { boundMarks, cleanText, cleanTitle } from './clean-text.ts';

/**
 * UTF-16 units of a cleaned text. Cleaning shortens, and a unit is at least a byte of input, so only text that NFKC blows
 * up (one Arabic ligature gives 18 letters) gets here.
 */
const cleanedUnitsMax = limits.titleBytesMax + 1 + limits.bodyBytesMax;

/** No text of this length grows beyond the bound. */
const growthUncheckedMax = Math.floor(cleanedUnitsMax / 18);

export interface CleanParts {
  readonly tokenizer: ModelTokenizer;
  /** Called now and then in a long text, as a sign of life. */
  readonly onUnit: () => void;
  /** For the counts of the terms; default: an array of their own. */
  readonly room?: CountRoom;
}

/** Throws `invalid_argument` for a text that has to be chunked and of which nothing is left, or that grows too long. */
export function cleanDocument(item: TextItem, { tokenizer, onUnit, room }: CleanParts): CleanText {
  // Checked before the rest of the cleaning, which would take seconds for what is refused afterwards.
  if (item.text.length > growthUncheckedMax) refuseGrown(boundMarks(item.text).normalize('NFKC').length);
  const title = cleanTitle(item.title);
  const body = cleanText(item.text);
  const text = title === '' || body === '' ? title + body : `${title}\n${body}`;
  if (item.isChunked && text === '') throw emptyText();
  const titleLength = title.length;
  const chunks = item.isChunked ? chunkText(text, { tokenizer, titleLength, onUnit }) : [singleChunk(text)];
  const lexical = analyzeDocument(title, body, onUnit, room);
  return { status: 'ok', text, titleLength, lexical, chunks };
}

function refuseGrown(units: number): void {
  if (units <= cleanedUnitsMax) return;
  throw new KmsError('invalid_argument', 'text is too long after Unicode normalisation (NFKC)', {
    violations: [
      {
        field: 'body',
        description: `must have at most ${limits.bodyBytesMax} characters in Unicode form NFKC`,
      },
    ],
    facts: { units, unitsMax: cleanedUnitsMax },
  });
}

function emptyText(): KmsError {
  const description = 'title or body must hold visible text, or embedding must be set';
  return new KmsError('invalid_argument', 'document has no text after cleaning', {
    violations: [
      { field: 'title', description },
      { field: 'body', description },
    ],
  });
}
