// What a load prints: latencies as a histogram, all together and by kind, errors by code, and how late the generator
// itself was. Where the lateness comes near the latencies, the generator is what was measured.

import { status } from '@grpc/grpc-js';
import type { ThreadSeconds } from '../process-usage.ts';
import { LatencyHistogram, type LatencySummary } from './latency-histogram.ts';
import type { RequestKind } from './load-options.ts';
import type { Sent } from './paced-requests.ts';

export interface KindReport {
  /** Answered without an error. */
  readonly answered: number;
  readonly errors: Readonly<Record<string, number>>;
  /** Of the answered ones. */
  readonly latency: LatencySummary;
}

export interface LoadReport extends KindReport {
  /** From the first request's start to the last one's answer. */
  readonly seconds: number;
  readonly answeredPerSecond: number;
  readonly byKind: Readonly<Partial<Record<RequestKind, KindReport>>>;
  /** From when a request was due until it left. */
  readonly lateness: LatencySummary;
  /** Processor time an answer, which other load on the machine hardly moves, as it does wall time. */
  readonly cpu: {
    /** Of the server's main thread and of its others; null when its process was not named. */
    readonly serverMain: number | null;
    readonly serverOthers: number | null;
    /** Of the generator. */
    readonly client: number;
    readonly unit: 'ms';
  };
}

/** What the processes took in all. */
export interface LoadTimes {
  readonly seconds: number;
  readonly server: ThreadSeconds | null;
  readonly client: number;
}

export interface IngestReport {
  readonly documents: number;
  readonly seconds: number;
  readonly documentsPerSecond: number;
  /** From sending a message until its acknowledgement. */
  readonly acknowledgement: LatencySummary;
}

class KindCount {
  answered = 0;
  readonly errors: Record<string, number> = {};
  readonly #histogram = new LatencyHistogram();

  add({ latencyMs, error }: Sent): void {
    if (error === null) {
      this.answered++;
      this.#histogram.record(latencyMs);
      return;
    }
    const name = codeOf(error);
    this.errors[name] = (this.errors[name] ?? 0) + 1;
  }

  report(): KindReport {
    return { answered: this.answered, errors: this.errors, latency: this.#histogram.summary() };
  }
}

export class LoadCount {
  readonly #all = new KindCount();
  readonly #lateness = new LatencyHistogram();
  // At most one entry a kind.
  readonly #byKind = new Map<RequestKind, KindCount>();

  add(sent: Sent): void {
    const { kind } = sent;
    let own = this.#byKind.get(kind);
    if (own === undefined) {
      own = new KindCount();
      this.#byKind.set(kind, own);
    }
    own.add(sent);
    this.#all.add(sent);
    this.#lateness.record(sent.latenessMs);
  }

  report({ seconds, server, client }: LoadTimes): LoadReport {
    const all = this.#all.report();
    const msEach = (cpuSeconds: number) => (cpuSeconds * 1_000) / all.answered;
    return {
      ...all,
      seconds,
      answeredPerSecond: all.answered / seconds,
      byKind: Object.fromEntries([...this.#byKind].map(([kind, count]) => [kind, count.report()])),
      lateness: this.#lateness.summary(),
      cpu: {
        serverMain: server === null ? null : msEach(server.main),
        serverOthers: server === null ? null : msEach(server.others),
        client: msEach(client),
        unit: 'ms',
      },
    };
  }
}

/** A gRPC status by its name; another error by its message. */
function codeOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'number') return status[code] ?? String(code);
  return String(code ?? message ?? error);
}
