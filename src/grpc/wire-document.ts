// Documents from the wire into the model, with every check of their fields.

import { type Fault, toFault } from '../base/errors.ts';
import type { Attributes, AttributeValue, Document, MediaType } from '../model/document.ts';
import { mediaTypes } from '../model/document.ts';
import { defaultCollection, limits } from '../model/limits.ts';
import type { AttributeValue__Output } from './generated/kms/v1/AttributeValue.ts';
import type { Document__Output } from './generated/kms/v1/Document.ts';
import type { InputFaults } from './input-faults.ts';
import { checkBytes, checkId, collectionFromWire, quote, timeMsFromWire } from './wire-checks.ts';
import { type DimensionsOf, sharedRoom, type VectorRoom, vectorFromWire } from './wire-vector.ts';

/** One document of a batch: fit for the engine, or refused on its own. */
export type CheckedDocument =
  | { readonly status: 'ok'; readonly document: Document }
  | {
      readonly status: 'rejected';
      /** Empty when the id itself is at fault. */
      readonly id: string;
      readonly collection: string;
      readonly fault: Fault;
    };

/** Checks each document apart, so that a bad one does not take its neighbours along. Index-aligned. */
export function documentsFromWire(
  wires: readonly Document__Output[],
  dimensionsOf: DimensionsOf,
  faults: InputFaults,
): CheckedDocument[] {
  const room = sharedRoom(wires.reduce((sum, { embedding }) => sum + embedding.length, 0));
  return wires.map((wire, index): CheckedDocument => {
    const path = `documents[${index}]`;
    const own = faults.below(path);
    const document = documentFromWire(wire, path, dimensionsOf, own, room);
    if (own.isEmpty) return { status: 'ok', document };
    const error = own.toError();
    const isAtFault = (field: string) =>
      error.violations.some((violation) => violation.field === `${path}.${field}`);
    return {
      status: 'rejected',
      id: isAtFault('id') ? '' : wire.id,
      collection: isAtFault('collection') ? '' : document.collection,
      fault: toFault(error),
    };
  });
}

/** A document, of use only when no fault was added. */
export function documentFromWire(
  wire: Document__Output,
  path: string,
  dimensionsOf: DimensionsOf,
  faults: InputFaults,
  room?: VectorRoom,
): Document {
  checkId(wire.id, `${path}.id`, faults);
  checkBytes(wire.title, limits.titleBytesMax, `${path}.title`, faults);
  checkBytes(wire.body, limits.bodyBytesMax, `${path}.body`, faults);
  const hasEmbedding = wire.embedding.length > 0;
  if (wire.title === '' && wire.body === '' && !hasEmbedding) {
    faults.add(
      `${path}.body`,
      'is empty, and so is title: at least one of them has text, or embedding is given',
    );
  }
  const collection = collectionFromWire(wire.collection, `${path}.collection`, faults) || defaultCollection;
  return {
    id: wire.id,
    collection,
    title: wire.title,
    body: wire.body,
    mediaType: mediaTypeFromWire(wire.mediaType, `${path}.media_type`, faults),
    attributes: attributesFromWire(wire.attributes, `${path}.attributes`, faults),
    updateTimeMs:
      wire.updateTime === null ? null : timeMsFromWire(wire.updateTime, `${path}.update_time`, faults),
    embedding: hasEmbedding
      ? vectorFromWire(wire.embedding, dimensionsOf([collection]), `${path}.embedding`, faults, room)
      : null,
  };
}

function mediaTypeFromWire(value: string, path: string, faults: InputFaults): MediaType {
  if (value === '') return 'text/plain';
  const mediaType = mediaTypes.find((known) => known === value);
  if (mediaType === undefined) faults.add(path, `is ${quote(value)}: one of ${mediaTypes.join(', ')}`);
  return mediaType ?? 'text/plain';
}

function attributesFromWire(
  wire: Readonly<Record<string, AttributeValue__Output>>,
  path: string,
  faults: InputFaults,
): Attributes {
  const entries = Object.entries(wire);
  if (entries.length > limits.attributesMax) {
    faults.add(path, `has ${entries.length} attributes: at most ${limits.attributesMax}`);
    return {};
  }
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, value] of entries) {
    const valuePath = `${path}[${quote(name)}]`;
    if (name === '') faults.add(valuePath, 'has an empty name');
    checkBytes(name, limits.attributeNameBytesMax, valuePath, faults);
    // As a key of a plain object it would set the prototype on some of the ways that attributes take.
    if (name === '__proto__') faults.add(valuePath, 'has a name that is not allowed');
    else attributes[name] = attributeFromWire(value, valuePath, faults);
  }
  return attributes;
}

function attributeFromWire(wire: AttributeValue__Output, path: string, faults: InputFaults): AttributeValue {
  switch (wire?.kind) {
    case 'stringValue': {
      const text = wire.stringValue ?? '';
      checkBytes(text, limits.attributeValueBytesMax, `${path}.string_value`, faults);
      return text;
    }
    case 'numberValue': {
      const value = wire.numberValue ?? 0;
      if (!Number.isFinite(value)) faults.add(`${path}.number_value`, `is ${value}: only finite numbers`);
      return value;
    }
    case 'boolValue':
      return wire.boolValue ?? false;
    case 'timeValue': {
      const time = wire.timeValue ?? { seconds: '0', nanos: 0 };
      return { timeMs: timeMsFromWire(time, `${path}.time_value`, faults) ?? 0 };
    }
    case 'stringListValue':
      return stringListFromWire(
        wire.stringListValue?.values ?? [],
        `${path}.string_list_value.values`,
        faults,
      );
    default:
      faults.add(path, 'has no value: set exactly one kind');
      return '';
  }
}

function stringListFromWire(values: readonly string[], path: string, faults: InputFaults): readonly string[] {
  if (values.length > limits.attributeListMax) {
    faults.add(path, `has ${values.length} texts: at most ${limits.attributeListMax}`);
    return [];
  }
  const bytes = values.reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  if (bytes > limits.attributeValueBytesMax) {
    faults.add(path, `has ${bytes} bytes in all: at most ${limits.attributeValueBytesMax}`);
  }
  return values;
}
