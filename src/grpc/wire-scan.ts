// Looks at the bytes of a request before they are decoded. Three things can only be seen there: a string that is not
// UTF-8 (the decoder replaces what it cannot read by U+FFFD, silently), a message of 16 MiB that is made of millions of
// empty parts (decoding it would cost a hundred times its size), and messages within messages until the stack is full
// (a filter may hold filters).

import { isUtf8 } from 'node:buffer';
import protobuf from 'protobufjs';
import type { FieldViolation } from '../base/errors.ts';

const lengthDelimited = 2;
/**
 * Messages within each other: what protobuf libraries take by default. A filter at its bound of 8 levels lies within 25,
 * so that whoever exceeds it by a few learns which field it was.
 */
export const nestingMax = 100;
/** Enough to find the faults; the rest is of the same kind. */
const violationsMax = 100;

/** What to expect under one field number. */
interface FieldPlan {
  readonly name: string;
  readonly wireType: number;
  readonly isRepeated: boolean;
  readonly isMap: boolean;
  readonly isString: boolean;
  /** The fields of an embedded message or map entry; null: not a message. */
  readonly message: MessagePlan | null;
}

export type MessagePlan = ReadonlyMap<number, FieldPlan>;

export interface ScanResult {
  /** Strings that are not UTF-8, by path. */
  readonly violations: readonly FieldViolation[];
  /** Embedded messages, map entries among them, and packed numbers. */
  readonly messageCount: number;
}

/** Compiles a message type once; the plan is then walked for each request. Of a type that holds itself, so does the plan. */
export function planScan(type: protobuf.Type): MessagePlan {
  return planType(type, new Map());
}

function planType(type: protobuf.Type, plans: Map<protobuf.Type, MessagePlan>): MessagePlan {
  const known = plans.get(type);
  if (known !== undefined) return known;
  const plan = new Map<number, FieldPlan>();
  // Before its fields: one of them may lead back here.
  plans.set(type, plan);
  for (const field of type.fieldsArray) plan.set(field.id, planField(field.resolve(), plans));
  return plan;
}

function planField(field: protobuf.Field, plans: Map<protobuf.Type, MessagePlan>): FieldPlan {
  const { name, resolvedType } = field;
  const wireTypes: Readonly<Record<string, number>> = protobuf.types.basic;
  const value = {
    name,
    isRepeated: field.repeated,
    isMap: false,
    isString: field.type === 'string',
    wireType: resolvedType instanceof protobuf.Enum ? 0 : (wireTypes[field.type] ?? lengthDelimited),
    message: resolvedType instanceof protobuf.Type ? planType(resolvedType, plans) : null,
  };
  if (!(field instanceof protobuf.MapField)) return value;
  const key = {
    name: 'key',
    isRepeated: false,
    isMap: false,
    isString: true,
    wireType: lengthDelimited,
    message: null,
  };
  const entry: MessagePlan = new Map([
    [1, key],
    [2, { ...value, name: 'value' }],
  ]);
  return { name, isRepeated: true, isMap: true, isString: false, wireType: lengthDelimited, message: entry };
}

/** Messages lie deeper within each other than anything that this API has a use for. */
export class NestingError extends Error {
  override readonly name = 'NestingError';
}

/** Walks the bytes of one message. Throws `NestingError` when messages lie too deep, and other errors when they are not a message of that plan. */
export function scanMessage(plan: MessagePlan, bytes: Uint8Array): ScanResult {
  const quick = new Walk(false);
  quick.message(plan, protobuf.Reader.create(bytes), bytes.length, '', 0);
  if (quick.isUtf8) return { violations: [], messageCount: quick.messageCount };
  // Paths cost a string a field, so they are only built in a second walk, for a message that is known to be bad.
  const thorough = new Walk(true);
  thorough.message(plan, protobuf.Reader.create(bytes), bytes.length, '', 0);
  return { violations: thorough.violations, messageCount: thorough.messageCount };
}

class Walk {
  readonly violations: FieldViolation[] = [];
  readonly #withPaths: boolean;
  messageCount = 0;
  isUtf8 = true;

  constructor(withPaths: boolean) {
    this.#withPaths = withPaths;
  }

  message(plan: MessagePlan, reader: protobuf.Reader, end: number, path: string, depth: number): void {
    if (depth > nestingMax) throw new NestingError();
    const counts = this.#withPaths ? new Map<number, number>() : null;
    while (reader.pos < end) {
      const tag = reader.uint32();
      const field = plan.get(tag >>> 3);
      const wireType = tag & 7;
      if (field === undefined) {
        // Groups within groups are bounded by the reader itself.
        reader.skipType(wireType);
        continue;
      }
      if (wireType === lengthDelimited && isPackable(field)) {
        this.#packed(field, reader, end);
        continue;
      }
      if (wireType !== field.wireType) throw new RangeError(`${field.name} has wire type ${wireType}`);
      const index = counts?.get(tag) ?? 0;
      counts?.set(tag, index + 1);
      this.#field(field, reader, end, this.#withPaths ? pathOf(path, field, index) : '', depth);
    }
    if (reader.pos !== end) throw new RangeError('a field reaches beyond its message');
  }

  #field(field: FieldPlan, reader: protobuf.Reader, end: number, path: string, depth: number): void {
    if (field.message !== null) {
      this.messageCount += 1;
      const length = reader.uint32();
      if (reader.pos + length > end) throw new RangeError(`${field.name} reaches beyond its message`);
      this.message(field.message, reader, reader.pos + length, path, depth + 1);
    } else if (field.isString) {
      if (!isUtf8(reader.bytes())) this.#reject(path);
    } else {
      reader.skipType(field.wireType);
    }
  }

  /** Numbers of a list come one by one or packed into one field, where a byte may take eight in memory: they count. */
  #packed(field: FieldPlan, reader: protobuf.Reader, end: number): void {
    const length = reader.uint32();
    const packedEnd = reader.pos + length;
    if (packedEnd > end) throw new RangeError(`${field.name} reaches beyond its message`);
    for (; reader.pos < packedEnd; this.messageCount += 1) reader.skipType(field.wireType);
    if (reader.pos !== packedEnd) throw new RangeError(`a value of ${field.name} reaches beyond it`);
  }

  #reject(path: string): void {
    this.isUtf8 = false;
    if (!this.#withPaths || this.violations.length >= violationsMax) return;
    this.violations.push({ field: path, description: 'is not valid UTF-8' });
  }
}

function isPackable({ isRepeated, wireType }: FieldPlan): boolean {
  return isRepeated && wireType !== lengthDelimited;
}

function pathOf(parent: string, field: FieldPlan, index: number): string {
  const name = parent === '' ? field.name : `${parent}.${field.name}`;
  return field.isRepeated ? `${name}[${index}]` : name;
}
