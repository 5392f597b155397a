// A bulk loader in small: one gRPC stream, a few requests ahead of the acknowledgements, and every document counted.

import { systemClock } from '../../src/base/clock.ts';
import { toWireDocument } from '../../src/cli/document-forms.ts';
import type { KmsClient } from '../../src/grpc/client.ts';
import type { DocumentResult__Output } from '../../src/grpc/generated/kms/v1/DocumentResult.ts';
import type { SourceDocument } from '../../src/sources/source.ts';
import { Latencies } from './latencies.ts';

export interface LoadReport {
  readonly documents: number;
  readonly indexed: number;
  readonly unchanged: number;
  readonly rejected: readonly DocumentResult__Output[];
  readonly elapsedMs: number;
  /** From sending a request to its acknowledgement, waiting behind the requests ahead of it included. */
  readonly acknowledgements: Latencies;
  /** Give it to a search as min_commit_sequence to see all that was written. */
  readonly commitSequenceMax: number;
}

/** A README is some twenty chunks, so that a small request keeps the progress moving. */
const documentsPerRequest = 16;
/** The server works on 8 requests of a stream at a time; more ahead would only wait in buffers. */
const requestsAhead = 8;

/** Resolves when each document has its result. Rejects when the stream breaks. */
export async function ingestAll(
  client: KmsClient,
  documents: readonly SourceDocument[],
  onProgress: (acknowledged: number) => void,
): Promise<LoadReport> {
  const tally = new Tally();
  const startMs = systemClock.nowMs();
  await new Promise<void>((resolve, reject) => {
    const stream = client.ingest();
    const sentMs = new Map<number, number>();
    let next = 0;
    const sendMore = () => {
      while (sentMs.size < requestsAhead && next < documents.length) {
        const slice = documents.slice(next, next + documentsPerRequest);
        sentMs.set(next, systemClock.nowMs());
        stream.write({
          sequence: next,
          documents: slice.map((document) => toWireDocument(document, 'cases')),
        });
        next += slice.length;
      }
      if (next >= documents.length && sentMs.size === 0) stream.end();
    };
    stream.on('data', (response) => {
      const sequence = Number(response.sequence);
      tally.add(response.results, systemClock.nowMs() - (sentMs.get(sequence) ?? Number.NaN));
      sentMs.delete(sequence);
      onProgress(tally.documents);
      sendMore();
    });
    stream.on('error', reject);
    stream.on('end', resolve);
    sendMore();
  });
  return tally.report(systemClock.nowMs() - startMs);
}

class Tally {
  readonly #rejected: DocumentResult__Output[] = [];
  readonly #acknowledgements = new Latencies();
  #indexed = 0;
  #unchanged = 0;
  #commitSequenceMax = 0;

  get documents(): number {
    return this.#indexed + this.#unchanged + this.#rejected.length;
  }

  add(results: readonly DocumentResult__Output[], latencyMs: number): void {
    this.#acknowledgements.add(latencyMs);
    for (const result of results) {
      if (result.outcome === 'OUTCOME_INDEXED') this.#indexed += 1;
      else if (result.outcome === 'OUTCOME_UNCHANGED') this.#unchanged += 1;
      else this.#rejected.push(result);
      this.#commitSequenceMax = Math.max(this.#commitSequenceMax, Number(result.commitSequence));
    }
  }

  report(elapsedMs: number): LoadReport {
    return {
      documents: this.documents,
      indexed: this.#indexed,
      unchanged: this.#unchanged,
      rejected: this.#rejected,
      elapsedMs,
      acknowledgements: this.#acknowledgements,
      commitSequenceMax: this.#commitSequenceMax,
    };
  }
}
