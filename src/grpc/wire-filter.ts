// Filters, facets and their values between the wire and the model. Here a filter gets its shape; its bounds are checked
// by filtering/check-filter.ts, whoever made it.

import type { FieldViolation } from '../base/errors.ts';
import { checkFilter } from '../filtering/check-filter.ts';
import type { Facet, FacetRequest, Filter, FilterValue, RangeEnd } from '../model/filter.ts';
import { limits } from '../model/limits.ts';
import type { Timestamp__Output } from './generated/google/protobuf/Timestamp.ts';
import type { Facet as WireFacet } from './generated/kms/v1/Facet.ts';
import type { FacetRequest__Output } from './generated/kms/v1/FacetRequest.ts';
import type { Filter__Output, Filter as WireFilter } from './generated/kms/v1/Filter.ts';
import type { FilterEnd__Output, FilterEnd as WireEnd } from './generated/kms/v1/FilterEnd.ts';
import type { FilterValue__Output, FilterValue as WireValue } from './generated/kms/v1/FilterValue.ts';
import { InputFaults } from './input-faults.ts';
import { timeToWire } from './wire-answer.ts';
import { checkBytes, countFromWire, timeMsFromWire } from './wire-checks.ts';

const conditions = ['allOf', 'anyOf', 'negated', 'oneOf', 'range', 'exists'] as const;
const valueKinds = ['stringValue', 'numberValue', 'boolValue', 'timeValue'] as const;
const endKinds = ['numberValue', 'timeValue'] as const;

/** A filter, of use only when no fault was added; null: none is set. Messages within each other are bounded by the scan. */
export function filterFromWire(
  wire: Filter__Output | null,
  path: string,
  faults: InputFaults,
): Filter | null {
  if (wire === null) return null;
  const shape = new InputFaults();
  const filter = conditionFromWire(wire, path, shape);
  // Where the shape is wrong there are stand-ins, whose faults nobody has made.
  const violations: readonly FieldViolation[] = shape.isEmpty ? checkFilter(filter, path) : shape.violations;
  for (const { field, description } of violations) faults.add(field, description);
  return filter;
}

function conditionFromWire(wire: Filter__Output, path: string, faults: InputFaults): Filter {
  const { allOf, anyOf, negated, oneOf, range, exists } = wire;
  if (!hasOne(wire, conditions, path, faults)) return { type: 'or', filters: [] };
  const listed = (list: readonly Filter__Output[], name: string) =>
    list.map((part, index) => conditionFromWire(part, `${path}.${name}.filters[${index}]`, faults));
  if (allOf) return { type: 'and', filters: listed(allOf.filters, 'all_of') };
  if (anyOf) return { type: 'or', filters: listed(anyOf.filters, 'any_of') };
  if (negated) return { type: 'not', filter: conditionFromWire(negated, `${path}.negated`, faults) };
  if (oneOf) {
    const values = oneOf.values.map((value, index) =>
      valueFromWire(value, `${path}.one_of.values[${index}]`, faults),
    );
    return { type: 'in', field: oneOf.field, values };
  }
  if (range) {
    const lower = endFromWire(range.lower, `${path}.range.lower`, faults);
    const upper = endFromWire(range.upper, `${path}.range.upper`, faults);
    return { type: 'range', field: range.field, lower, upper };
  }
  return { type: 'exists', field: exists ?? '' };
}

function endFromWire(wire: FilterEnd__Output | null, path: string, faults: InputFaults): RangeEnd | null {
  if (wire === null || !hasOne(wire, endKinds, path, faults)) return null;
  const isInclusive = !wire.exclusive;
  const { numberValue, timeValue } = wire;
  if (timeValue) return { value: timeFromWire(timeValue, path, faults), isInclusive };
  return { value: numberValue ?? 0, isInclusive };
}

function valueFromWire(wire: FilterValue__Output, path: string, faults: InputFaults): FilterValue {
  if (!hasOne(wire, valueKinds, path, faults)) return '';
  const { stringValue, numberValue, boolValue, timeValue } = wire;
  if (timeValue) return timeFromWire(timeValue, path, faults);
  return stringValue ?? numberValue ?? boolValue ?? '';
}

function timeFromWire(
  wire: Timestamp__Output,
  path: string,
  faults: InputFaults,
): { readonly timeMs: number } {
  return { timeMs: timeMsFromWire(wire, `${path}.time_value`, faults) ?? 0 };
}

/** Whether one of the names is set, and no more. A message without any is what a client with newer protos may send. */
function hasOne<Name extends string>(
  wire: { readonly [name in Name]?: unknown },
  names: readonly Name[],
  path: string,
  faults: InputFaults,
): boolean {
  const set = names.filter((name) => wire[name] !== undefined && wire[name] !== null);
  if (set.length === 0) faults.add(path, `is empty: set one of ${names.map(snakeName).join(', ')}`);
  if (set.length > 1) faults.add(path, `has ${set.map(snakeName).join(' and ')}: set exactly one`);
  return set.length === 1;
}

function snakeName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** As a filter was sent, or would be: what is here passes `filterFromWire`. */
export function filterToWire(filter: Filter): WireFilter {
  switch (filter.type) {
    case 'and':
      return { allOf: { filters: filter.filters.map(filterToWire) } };
    case 'or':
      return { anyOf: { filters: filter.filters.map(filterToWire) } };
    case 'not':
      return { negated: filterToWire(filter.filter) };
    case 'in':
      return { oneOf: { field: filter.field, values: filter.values.map(valueToWire) } };
    case 'range': {
      const { field, lower, upper } = filter;
      return { range: { field, lower: endToWire(lower), upper: endToWire(upper) } };
    }
    case 'exists':
      return { exists: filter.field };
  }
}

function endToWire(end: RangeEnd | null): WireEnd | null {
  if (end === null) return null;
  const exclusive = !end.isInclusive;
  return typeof end.value === 'number'
    ? { numberValue: end.value, exclusive }
    : { timeValue: timeToWire(end.value.timeMs), exclusive };
}

function valueToWire(value: FilterValue): WireValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return { timeValue: timeToWire(value.timeMs) };
}

export function facetsFromWire(
  wires: readonly FacetRequest__Output[],
  path: string,
  faults: InputFaults,
): FacetRequest[] {
  if (wires.length > limits.facetsMax) {
    faults.add(path, `has ${wires.length} facets: at most ${limits.facetsMax}`);
    return [];
  }
  return wires.map(({ field, limit }, index) => {
    const at = `${path}[${index}]`;
    if (field === '') faults.add(`${at}.field`, 'is empty: name an attribute');
    checkBytes(field, limits.attributeNameBytesMax, `${at}.field`, faults);
    const bounds = { max: limits.facetValuesMax, default: limits.facetValuesDefault };
    return { field, limit: countFromWire<number>(limit, bounds, `${at}.limit`, faults) };
  });
}

export function facetToWire({ field, values, valueCount }: Facet): WireFacet {
  return {
    field,
    values: values.map(({ value, documents }) => ({ value: valueToWire(value), documents })),
    valueCount,
  };
}
