// A long query is mostly circumstances: what was tried, which versions, thanks in advance. Its first sentence says what
// it is about, so in mode hybrid it is embedded as well and pulls the query's vector its way. On questions of several
// sentences that finds more than either vector alone (docs/decisions/026); a query of one sentence stays as it is. Mode
// semantic compares with the text's own vector.

import { leadOf } from '../../lexical/lead.ts';
import type { CallOptions } from '../engine-api.ts';
import { embedTexts, type TextVector, type TextVectorParts } from './text-vectors.ts';

/** The lead's share. From .15 to .4 little changes but on askubuntu-dups, which gains up to here (decision 026). */
const leadWeight = 0.35;

export interface TextToEmbed {
  readonly text: string;
  /** Whether its first sentence pulls the vector. */
  readonly isLed: boolean;
}

/** As `embedTexts`, and with the same ask: a lead takes about 1.5 ms of the model's time. */
export async function embedWithLeads(
  queries: readonly TextToEmbed[],
  parts: TextVectorParts,
  call: CallOptions,
): Promise<TextVector[]> {
  const texts = queries.map(({ text }) => text);
  const leads = queries.map(({ text, isLed }) => (isLed ? leadWithin(text) : null));
  const told = leads.filter((lead) => lead !== null);
  const vectors = await embedTexts([...texts, ...told], parts, call);
  let next = texts.length;
  return leads.map((lead, i) => {
    const vector = vectors[i] as TextVector;
    return lead === null ? vector : blend(vector, vectors[next++] as TextVector);
  });
}

/** Null: the text has no rest. */
function leadWithin(text: string): string | null {
  const lead = leadOf(text).trim();
  return lead === '' || lead.length === text.trim().length ? null : lead;
}

/** Of unit length, unless the two cancel out. A lead that failed is done without. */
function blend(vector: TextVector, lead: TextVector): TextVector {
  if (!(vector instanceof Float32Array) || !(lead instanceof Float32Array)) return vector;
  const blended = vector.map((value, i) => (1 - leadWeight) * value + leadWeight * (lead[i] as number));
  const length = Math.hypot(...blended);
  return length > 0 ? blended.map((value) => value / length) : vector;
}
