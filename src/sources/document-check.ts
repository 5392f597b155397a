// Documents of a source have no wire to be checked on: here they meet the same bounds, each fault with its field. What
// breaks them becomes a rejected change, and the rest of the source goes on.

import { type FieldViolation, KmsError, toFault } from '../base/errors.ts';
import type { Attributes, Document } from '../model/document.ts';
import { collectionNamePattern, limits } from '../model/limits.ts';
import type { SourceChange } from './sync-source.ts';

/** Kept for finding out why: enough to recognise a row by, not a copy of all its text. */
const rawValueCharactersMax = 4_096;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const controlCharacter = /[\u0000-\u001f\u007f]/;

/** What the engine would refuse about `document`; empty when nothing. */
export function documentViolations(document: Document): readonly FieldViolation[] {
  const violations: FieldViolation[] = [...keyViolations(document)];
  const add = (field: string, description: string) => violations.push({ field, description });
  const bound = (field: string, text: string, bytesMax: number) => {
    const isOver = text.length * 3 > bytesMax && Buffer.byteLength(text) > bytesMax;
    if (isOver) add(field, `has more than ${bytesMax} bytes`);
  };
  bound('title', document.title, limits.titleBytesMax);
  bound('body', document.body, limits.bodyBytesMax);
  if (document.title === '' && document.body === '' && document.embedding === null)
    add('body', 'is empty, and so is title: at least one of them must have text');
  addAttributes(document.attributes, bound, add);
  return violations;
}

/** The part that a delete needs, too. */
export function keyViolations({ collection, id }: { readonly collection: string; readonly id: string }) {
  const violations: FieldViolation[] = [];
  if (id === '') violations.push({ field: 'id', description: 'is empty' });
  if (Buffer.byteLength(id) > limits.idBytesMax)
    violations.push({ field: 'id', description: `has more than ${limits.idBytesMax} bytes` });
  if (controlCharacter.test(id)) violations.push({ field: 'id', description: 'has control characters' });
  if (!collectionNamePattern.test(collection)) {
    const description =
      'must be 1 to 64 lower-case letters, digits, "_", "-" and ".", starting with a letter or digit';
    violations.push({ field: 'collection', description });
  }
  return violations;
}

/** `raw`: the row or record by field; long values are cut. */
export function rejectedChange(
  key: { readonly collection: string; readonly id: string },
  violations: readonly FieldViolation[],
  raw: Readonly<Record<string, unknown>>,
): SourceChange {
  const fields = violations.map(({ field, description }) => `${field} ${description}`.trim());
  const message = `the document is not fit for the index: ${fields.join('; ')}`;
  return {
    type: 'rejected',
    key,
    fault: toFault(new KmsError('invalid_argument', message, { violations })),
    raw: JSON.stringify(raw, (_, value) =>
      typeof value === 'string' ? value.slice(0, rawValueCharactersMax) : value,
    ),
  };
}

function addAttributes(
  attributes: Attributes,
  bound: (field: string, text: string, bytesMax: number) => void,
  add: (field: string, description: string) => void,
): void {
  const entries = Object.entries(attributes);
  if (entries.length > limits.attributesMax) add('attributes', `must be at most ${limits.attributesMax}`);
  for (const [name, value] of entries.slice(0, limits.attributesMax)) {
    const field = `attributes.${name}`;
    if (name === '' || name === '__proto__') add(field, 'has a name that is not allowed');
    bound(field, name, limits.attributeNameBytesMax);
    if (typeof value === 'string') bound(field, value, limits.attributeValueBytesMax);
    if (!Array.isArray(value)) continue;
    if (value.length > limits.attributeListMax)
      add(field, `must have at most ${limits.attributeListMax} texts`);
    bound(field, value.join(''), limits.attributeValueBytesMax);
  }
}
