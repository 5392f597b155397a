// The answer of a search as JSON for scripts: proto names, plain words and plain values.

import { KmsError } from '../base/errors.ts';
import { formatFilter } from '../filtering/format-filter.ts';
import type { Facet__Output } from '../grpc/generated/kms/v1/Facet.ts';
import type { Filter__Output } from '../grpc/generated/kms/v1/Filter.ts';
import type { FilterValue__Output } from '../grpc/generated/kms/v1/FilterValue.ts';
import type { Hit__Output } from '../grpc/generated/kms/v1/Hit.ts';
import type { SearchExplanation__Output } from '../grpc/generated/kms/v1/SearchExplanation.ts';
import type { SearchResponse__Output } from '../grpc/generated/kms/v1/SearchResponse.ts';
import { InputFaults } from '../grpc/input-faults.ts';
import { filterFromWire } from '../grpc/wire-filter.ts';
import { documentJson } from './document-forms.ts';
import { isoTime, plainWord, snakeCase } from './wire-forms.ts';

export function answerJson(answer: SearchResponse__Output): object {
  const { hits, timings, explanation } = answer;
  return {
    hits: hits.map(hitJson),
    timings: timings === null ? null : snakeCase(timings),
    search_id: answer.searchId,
    facets: answer.facets.map(facetJson),
    filter_plan: plainWord(answer.filterPlan, 'FILTER_PLAN_'),
    rerank: plainWord(answer.rerank, 'RERANK_OUTCOME_'),
    corrected_text: answer.correctedText,
    ...(explanation === null ? {} : { explanation: explanationJson(explanation) }),
  };
}

function hitJson(hit: Hit__Output): object {
  const { document, explanation } = hit;
  return {
    score: hit.fusedScore,
    confidence: hit.confidence,
    cosine: hit.cosine,
    lexical_score: hit.lexicalScore,
    pinned: hit.pinned,
    matched_terms: hit.matchedTerms,
    snippet: hit.snippet,
    highlights: hit.highlights,
    duplicates: hit.duplicates,
    generation: hit.generation,
    document: document === null ? null : documentJson(document),
    ...(explanation === null ? {} : { explanation: snakeCase(explanation) }),
  };
}

function facetJson({ field, values, valueCount }: Facet__Output): object {
  return {
    field,
    values: values.map(({ value, documents }) => ({
      value: plainValue(value),
      documents: Number(documents),
    })),
    value_count: Number(valueCount),
  };
}

function explanationJson({ understanding, ...numbers }: SearchExplanation__Output): object {
  return {
    ...snakeCase({ ...numbers, filteredDocuments: Number(numbers.filteredDocuments) }),
    understanding:
      understanding === null
        ? null
        : {
            ...snakeCase(understanding),
            terms: understanding.terms.map((term) =>
              snakeCase({ ...term, documentFrequency: Number(term.documentFrequency) }),
            ),
            filter: understanding.filter === null ? null : filterText(understanding.filter),
          },
  };
}

/** A value as JSON has it; times as documents show theirs. */
function plainValue(value: FilterValue__Output | null): unknown {
  if (value?.timeValue) return { time: isoTime(value.timeValue) };
  return value?.stringValue ?? value?.numberValue ?? value?.boolValue ?? null;
}

/** A value on a line. */
export function valueText(value: FilterValue__Output | null): string {
  if (value?.timeValue) return isoTime(value.timeValue);
  return String(plainValue(value));
}

/** In the form that `--filter` takes. */
export function filterText(wire: Filter__Output): string {
  const faults = new InputFaults();
  const filter = filterFromWire(wire, 'filter', faults);
  if (filter === null || !faults.isEmpty)
    throw new KmsError('internal', 'the engine sent a filter that this version does not know');
  return formatFilter(filter);
}
