// A document as a store gives it back, for tests that only care about a field or two of it.

import type { StoredDocument } from '../../src/model/document.ts';

export function storedDocument(fields: Pick<StoredDocument, 'id'> & Partial<StoredDocument>): StoredDocument {
  return {
    collection: 'cases',
    title: '',
    body: '',
    mediaType: 'text/plain',
    attributes: {},
    updateTimeMs: null,
    contentHash: '',
    commitSequence: 1,
    commitTimeMs: 0,
    generation: 'g',
    chunkCount: 1,
    vectors: null,
    ...fields,
  };
}
