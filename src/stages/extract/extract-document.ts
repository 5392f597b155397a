// The pure core of the extract stage: one document in, its plain text and its two hashes out.

import { assertNever } from '../../base/assert.ts';
import { KmsError } from '../../base/errors.ts';
import type { Document } from '../../model/document.ts';
import { attributesHashOf, contentHashOf } from './content-hash.ts';
import type { ExtractedText } from './extract-messages.ts';
import { parseHtml } from './parse-html.ts';
import { parseMail } from './parse-mail.ts';
import { parseMarkdown } from './parse-markdown.ts';

/** Anything that can be seen. Blanks, controls and zero-width characters cannot. */
const visible = /[^\s\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

/**
 * Throws `invalid_argument` for a document without any text in title or body, unless it brings its own embedding: there
 * is nothing it could be found by.
 */
export async function extractDocument(document: Document, generation: string): Promise<ExtractedText> {
  const { title, text } = await parse(document);
  if (document.embedding === null && !visible.test(title) && !visible.test(text))
    throw emptyDocument(document);
  return {
    status: 'ok',
    title,
    text,
    contentHash: contentHashOf(document, generation),
    attributesHash: attributesHashOf(document.attributes, document.updateTimeMs),
  };
}

async function parse(document: Document): Promise<{ readonly title: string; readonly text: string }> {
  const { title, body } = document;
  switch (document.mediaType) {
    case 'text/plain':
      return { title, text: body };
    case 'text/markdown':
      return { title, text: parseMarkdown(body) };
    case 'text/html':
      return { title, text: parseHtml(body) };
    case 'message/rfc822': {
      const { subject, text } = await parseMail(body);
      return { title: visible.test(title) ? title : subject, text };
    }
    default:
      return assertNever(document.mediaType);
  }
}

function emptyDocument({ mediaType, body }: Document): KmsError {
  const found = body === '' ? 'body is empty' : `body holds no visible text as ${mediaType}`;
  return new KmsError('invalid_argument', `document has no text: title is empty and ${found}`, {
    violations: [
      { field: 'title', description: 'title or body must hold visible text, or embedding must be set' },
      { field: 'body', description: 'title or body must hold visible text, or embedding must be set' },
    ],
    facts: { mediaType, bodyCharacters: body.length },
  });
}
