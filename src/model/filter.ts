// Which documents may be hits: a condition on attributes. A value meets another of its own kind only: the text "1", the
// number 1 and the time 1 differ. A list of texts meets a text that it holds.

import type { TimeValue } from './document.ts';

export type FilterValue = string | number | boolean | TimeValue;

/** One end of a range. Both ends of a range are of the same kind. */
export interface RangeEnd {
  readonly value: number | TimeValue;
  readonly isInclusive: boolean;
}

/** `field`: the name of an attribute, or one of `builtInFields`. */
export type Filter =
  | { readonly type: 'and'; readonly filters: readonly Filter[] }
  | { readonly type: 'or'; readonly filters: readonly Filter[] }
  | { readonly type: 'not'; readonly filter: Filter }
  /** Equal to one of the values. Equality is a list of one. */
  | { readonly type: 'in'; readonly field: string; readonly values: readonly FilterValue[] }
  | {
      readonly type: 'range';
      readonly field: string;
      readonly lower: RangeEnd | null;
      readonly upper: RangeEnd | null;
    }
  | { readonly type: 'exists'; readonly field: string };

/** Facts about the document itself that filters can name like attributes: two times, and a text. */
export const builtInFields = ['$update_time', '$commit_time', '$media_type'] as const;

export const filterLimits = {
  /** Levels of and, or, not within each other. */
  depthMax: 8,
  /** Conditions in one filter, groups included. */
  conditionsMax: 128,
  /** Values of one `in`. */
  valuesMax: 256,
} as const;

/** How many documents have each value of an attribute, among those that pass the filter. */
export interface Facet {
  readonly field: string;
  /** Most frequent first, ties by value; at most `limit` of them. */
  readonly values: readonly { readonly value: FilterValue; readonly documents: number }[];
  /** Distinct values there are. */
  readonly valueCount: number;
}

/** Which facet, and how many of its values. */
export interface FacetRequest {
  readonly field: string;
  /** 1 to 100. */
  readonly limit: number;
}
