// The way into the index as a map: for tests of the jobs, which care about what arrives, how often, and in what order.

import { KmsError } from '../../src/base/errors.ts';
import type { Document, DocumentKey, IngestResult } from '../../src/model/document.ts';
import type { CallOptions } from '../../src/pipeline/engine-api.ts';
import type { IngestLine } from '../../src/pipeline/jobs/batch-work.ts';

export class ModelLine implements IngestLine {
  readonly rows: Map<string, string>;
  /** Documents of each ingest call, in order. */
  readonly calls: (readonly Document[])[] = [];
  /** Called with each ingest; what it throws is what the call rejects with. */
  onIngest: (documents: readonly Document[], call: CallOptions) => void | Promise<void> = () => {};
  /** The fault of a document that is refused. */
  refuses: (document: Document) => KmsError | null = () => null;
  #sequence = 0;

  constructor(rows = new Map<string, string>()) {
    this.rows = rows;
  }

  async ingest(documents: readonly Document[], call: CallOptions): Promise<readonly IngestResult[]> {
    this.calls.push(documents);
    if (call.signal.aborted) throw new KmsError('cancelled', 'the caller has gone');
    await this.onIngest(documents, call);
    return documents.map((document): IngestResult => {
      const { id, body } = document;
      const error = this.refuses(document);
      if (error !== null) {
        const { code, message, violations, facts } = error;
        return { outcome: 'rejected', id, fault: { code, message, violations, facts } };
      }
      if (this.rows.get(id) === body) return { outcome: 'unchanged', id, commitSequence: this.#sequence };
      this.rows.set(id, body);
      return { outcome: 'indexed', id, commitSequence: ++this.#sequence };
    });
  }

  async delete(keys: readonly DocumentKey[]): Promise<readonly (number | null)[]> {
    return keys.map(({ id }) => (this.rows.delete(id) ? ++this.#sequence : null));
  }
}
