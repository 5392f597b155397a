// The bounds of a filter, checked once at the door: behind it nothing needs to fear depth, size or a mixed-up range.

import type { FieldViolation } from '../base/errors.ts';
import { type Filter, type FilterValue, filterLimits, type RangeEnd } from '../model/filter.ts';
import { limits } from '../model/limits.ts';

/** Of a filter with hundreds of faults, the first ones tell enough. */
const faultsMax = 16;
/** JavaScript dates, which times are shown with, end here: the year 275760. */
const timeMsMax = 8.64e15;

/**
 * What is wrong with a filter, at most 16 faults, in order; empty: nothing. `root` is what the filter is called; fields
 * are paths as the wire has them: `filter.all_of.filters[1].one_of.field`.
 */
export function checkFilter(filter: Filter, root = 'filter'): readonly FieldViolation[] {
  const check = new FilterCheck();
  check.filter(filter, root, 1);
  return check.faults;
}

class FilterCheck {
  readonly faults: FieldViolation[] = [];
  #conditions = 0;

  filter(filter: Filter, path: string, depth: number): void {
    this.#conditions++;
    if (this.#conditions > filterLimits.conditionsMax) {
      // Once: the walk ends here, since every further condition would say the same.
      if (this.#conditions === filterLimits.conditionsMax + 1)
        this.#add(path, `is one condition too many: at most ${filterLimits.conditionsMax} in one filter`);
      return;
    }
    switch (filter.type) {
      case 'and':
      case 'or':
        if (!this.#isTooDeep(path, depth))
          for (const [i, part] of filter.filters.entries()) {
            if (this.#conditions > filterLimits.conditionsMax) return;
            this.filter(
              part,
              `${path}.${filter.type === 'and' ? 'all_of' : 'any_of'}.filters[${i}]`,
              depth + 1,
            );
          }
        return;
      case 'not':
        if (!this.#isTooDeep(path, depth)) this.filter(filter.filter, `${path}.negated`, depth + 1);
        return;
      case 'exists':
        this.#field(filter.field, `${path}.exists`);
        return;
      case 'in':
        this.#field(filter.field, `${path}.one_of.field`);
        this.#values(filter.values, `${path}.one_of.values`);
        return;
      case 'range':
        this.#field(filter.field, `${path}.range.field`);
        this.#range(filter.lower, filter.upper, `${path}.range`);
        return;
    }
  }

  #isTooDeep(path: string, depth: number): boolean {
    if (depth <= filterLimits.depthMax) return false;
    this.#add(path, `is nested too deep: at most ${filterLimits.depthMax} levels of and, or, not`);
    return true;
  }

  #field(field: string, path: string): void {
    const bytes = Buffer.byteLength(field);
    if (bytes < 1 || bytes > limits.attributeNameBytesMax)
      this.#add(
        path,
        `has ${bytes} bytes: the name of an attribute has 1 to ${limits.attributeNameBytesMax}`,
      );
  }

  #values(values: readonly FilterValue[], path: string): void {
    if (values.length < 1 || values.length > filterLimits.valuesMax) {
      this.#add(path, `has ${values.length} values: 1 to ${filterLimits.valuesMax}`);
      return;
    }
    for (const [i, value] of values.entries()) this.#value(value, `${path}[${i}]`);
  }

  #value(value: FilterValue, path: string): void {
    if (typeof value === 'object') this.#time(value.timeMs, path);
    else if (typeof value === 'number' && !Number.isFinite(value))
      this.#add(path, `is ${value}: only finite numbers`);
    else if (typeof value === 'string') {
      const bytes = Buffer.byteLength(value);
      if (bytes > limits.attributeValueBytesMax)
        this.#add(path, `has ${bytes} bytes: at most ${limits.attributeValueBytesMax}`);
    }
  }

  #time(timeMs: number, path: string): void {
    if (!Number.isInteger(timeMs) || Math.abs(timeMs) > timeMsMax)
      this.#add(path, `is no instant in whole milliseconds: ${timeMs}`);
  }

  #range(lower: RangeEnd | null, upper: RangeEnd | null, path: string): void {
    if (lower === null && upper === null) this.#add(path, 'has no end: set `lower`, `upper` or both');
    if (lower !== null) this.#value(lower.value, `${path}.lower`);
    if (upper !== null) this.#value(upper.value, `${path}.upper`);
    if (lower !== null && upper !== null && typeof lower.value !== typeof upper.value)
      this.#add(path, 'has a number at one end and a time at the other: both ends are of the same kind');
  }

  #add(field: string, description: string): void {
    if (this.faults.length < faultsMax) this.faults.push({ field, description });
  }
}
