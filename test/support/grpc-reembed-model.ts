// A model of moves between generations for the tests of the gRPC door: one status that a test sets, and the calls.

import type {
  ModelChoice,
  ReembedApi,
  ReembedEstimate,
  ReembedStatus,
} from '../../src/pipeline/engine-api.ts';

export class ReembedModel implements ReembedApi {
  readonly calls: unknown[][] = [];
  current: ReembedStatus = {
    collection: 'cases',
    state: 'idle',
    generation: 'old@4:unit:c1',
    otherGeneration: '',
    progress: {
      total: 0,
      compared: 0,
      written: 0,
      unchanged: 0,
      removed: 0,
      waiting: 0,
      rejected: 0,
      fromClientVectors: 0,
    },
    fault: null,
    comparison: null,
  };
  estimated: Pick<ReembedEstimate, 'costDollars' | 'durationMs'> = { costDollars: null, durationMs: null };

  async estimate(collection: string, choice: ModelChoice): Promise<ReembedEstimate> {
    this.calls.push(['estimate', collection, choice]);
    const generations = { generation: 'old@4:unit:c1', targetGeneration: 'new@4:unit:c1' };
    return { collection, ...generations, documents: 3, tokens: 400, sampledDocuments: 2, ...this.estimated };
  }

  async start(collection: string, choice: ModelChoice): Promise<ReembedStatus> {
    this.calls.push(['start', collection, choice]);
    return this.current;
  }

  status(collection: string): ReembedStatus {
    this.calls.push(['status', collection]);
    return this.current;
  }

  async compare(collection: string): Promise<ReembedStatus> {
    this.calls.push(['compare', collection]);
    return this.current;
  }

  async switch(collection: string, options: { readonly allowRejected: boolean }): Promise<ReembedStatus> {
    this.calls.push(['switch', collection, options.allowRejected]);
    return this.current;
  }

  async rollback(collection: string, options: { readonly allowRejected: boolean }): Promise<ReembedStatus> {
    this.calls.push(['rollback', collection, options.allowRejected]);
    return this.current;
  }

  async drop(collection: string): Promise<ReembedStatus> {
    this.calls.push(['drop', collection]);
    return this.current;
  }
}
