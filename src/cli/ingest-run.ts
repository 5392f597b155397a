// One run of `kms ingest`, from its checkpoint to its summary.

import type { Error__Output } from '../grpc/generated/kms/v1/Error.ts';
import type { IngestResponse__Output } from '../grpc/generated/kms/v1/IngestResponse.ts';
import type { DocumentSource, SourcePosition } from '../sources/source.ts';
import { CheckpointFile } from './checkpoint-file.ts';
import { type CommandIo, exitCodes, say } from './command-io.ts';
import type { Connection } from './connection.ts';
import { type IngestMessage, ingestMessages } from './ingest-batches.ts';
import { IngestProgress } from './ingest-progress.ts';
import { IngestStream } from './ingest-stream.ts';
import { type Rejection, RejectionReport } from './rejection-report.ts';
import { safeJson, safeLine } from './safe-text.ts';

/** Often enough to lose little, seldom enough that the fsync does not matter. */
const checkpointIntervalMs = 1_000;

export interface IngestRunOptions {
  readonly io: CommandIo;
  readonly connection: Connection;
  readonly source: DocumentSource;
  /** The input as it was typed. */
  readonly name: string;
  readonly collection: string;
  readonly checkpointPath: string;
  readonly rejectedPath: string;
  readonly isRestarted: boolean;
  readonly patienceMs: number;
  readonly isJson: boolean;
}

export class IngestRun {
  readonly #options: IngestRunOptions;
  readonly #checkpoint: CheckpointFile | null;
  readonly #counts = { indexed: 0, unchanged: 0, rejected: 0 };
  #commitSequence = 0;
  #position: SourcePosition = { record: 0, offset: 0 };
  #savedMs = 0;
  #report: RejectionReport | null = null;
  #progress: IngestProgress | null = null;

  constructor(options: IngestRunOptions) {
    this.#options = options;
    const { source, connection, collection, checkpointPath } = options;
    this.#checkpoint =
      source.identity === null
        ? null
        : new CheckpointFile(checkpointPath, {
            identity: source.identity,
            address: connection.address,
            collection,
          });
  }

  /** Resolves with the exit code. */
  async run(): Promise<number> {
    const { io, connection, source, collection, patienceMs, rejectedPath } = this.#options;
    const from = this.#resumePosition();
    if (from !== null) this.#position = from;
    this.#report = new RejectionReport(rejectedPath, { isResumed: from !== null });
    const progress = new IngestProgress(io, source.bytesTotal, this.#position);
    this.#progress = progress;
    this.#savedMs = io.clock.nowMs();
    const startMs = io.clock.nowMs();
    const interrupt = new AbortController();
    let interruptCode: number = exitCodes.interrupted;
    const stopListening = io.onSignal((signal) => {
      interruptCode = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
      if (interrupt.signal.aborted) {
        // Gives the terminal its cursor back.
        progress.stop();
        io.abandon(interruptCode);
        return;
      }
      progress.say('stopping: waiting for what is in flight; once more ends at once');
      interrupt.abort(new Error('interrupted'));
    });
    const stream = new IngestStream({
      io,
      connection,
      patienceMs,
      interrupt: interrupt.signal,
      onAnswer: (message, answer) => this.#onAnswer(message, answer),
      onRetry: (reason, delayMs) =>
        progress.say(
          `the stream broke (${safeLine(reason)}); trying again in ${(delayMs / 1000).toFixed(1)} s`,
        ),
    });
    try {
      await stream.run(ingestMessages(source.read(from), collection));
    } catch (error) {
      this.#saveCheckpoint();
      if (!interrupt.signal.aborted) {
        progress.stop();
        if (this.#position.offset > 0)
          say(io, `stopped behind ${this.#acknowledged()} acknowledged documents${this.#howToGoOn()}`);
        throw error;
      }
      // Interrupted while the engine was away: there is nothing to wait for.
      progress.say(safeLine((error as Error).message));
    } finally {
      stopListening();
      progress.stop();
      this.#report.close();
    }
    return this.#finish((io.clock.nowMs() - startMs) / 1000, interrupt.signal.aborted ? interruptCode : null);
  }

  #resumePosition(): SourcePosition | null {
    const { io, isRestarted, name } = this.#options;
    const found = this.#checkpoint?.read();
    if (found === undefined || found.type === 'none' || isRestarted) return null;
    if (found.type === 'other') {
      say(
        io,
        `the checkpoint belongs to another version of ${name}, another engine or collection: starting over`,
      );
      return null;
    }
    say(io, `going on behind record ${found.position.record} of ${name} (--restart begins at the start)`);
    return found.position;
  }

  #onAnswer(message: IngestMessage, answer: IngestResponse__Output): void {
    for (const rejection of message.rejections) this.#reject(rejection);
    for (const [index, place] of message.places.entries()) {
      const result = answer.results[index];
      const id = message.documents[index]?.id ?? null;
      this.#commitSequence = Math.max(this.#commitSequence, Number(result?.commitSequence ?? 0));
      if (result?.outcome === 'OUTCOME_INDEXED') this.#counts.indexed += 1;
      else if (result?.outcome === 'OUTCOME_UNCHANGED') this.#counts.unchanged += 1;
      else this.#reject(rejectionOf(place, id, result?.error ?? answer.error));
    }
    this.#position = message.position;
    this.#progress?.update({
      documents: this.#acknowledged(),
      rejected: this.#counts.rejected,
      position: this.#position,
    });
    if (this.#options.io.clock.nowMs() - this.#savedMs >= checkpointIntervalMs) this.#saveCheckpoint();
  }

  #reject(rejection: Rejection): void {
    this.#counts.rejected += 1;
    this.#report?.add(rejection);
  }

  #acknowledged(): number {
    return this.#counts.indexed + this.#counts.unchanged;
  }

  #saveCheckpoint(): void {
    this.#savedMs = this.#options.io.clock.nowMs();
    if (this.#position.offset > 0) this.#checkpoint?.write(this.#position);
  }

  /** The summary on standard output, and the exit code. */
  #finish(seconds: number, interruptCode: number | null): number {
    const { io, rejectedPath, isJson } = this.#options;
    const { indexed, unchanged, rejected } = this.#counts;
    if (interruptCode === null) this.#checkpoint?.remove();
    else this.#saveCheckpoint();
    const rate = seconds > 0 ? (this.#acknowledged() + rejected) / seconds : 0;
    const summary = {
      complete: interruptCode === null,
      documents: this.#acknowledged() + rejected,
      indexed,
      unchanged,
      rejected,
      rejected_file: rejected > 0 ? rejectedPath : null,
      commit_sequence: this.#commitSequence,
      seconds: Number(seconds.toFixed(3)),
      documents_per_second: Number(rate.toFixed(1)),
    };
    if (isJson) io.stdout.write(`${safeJson(summary)}\n`);
    else {
      const counts = `${indexed} indexed, ${unchanged} unchanged, ${rejected} rejected`;
      io.stdout.write(
        `${summary.documents} documents in ${seconds.toFixed(1)} s (${rate.toFixed(0)}/s): ${counts}\n`,
      );
      if (rejected > 0) io.stdout.write(`rejected documents and reasons: ${rejectedPath}\n`);
    }
    if (interruptCode !== null) {
      say(io, `interrupted${this.#howToGoOn()}`);
      return interruptCode;
    }
    return rejected > 0 ? exitCodes.rejections : exitCodes.done;
  }

  #howToGoOn(): string {
    return this.#checkpoint === null
      ? '; standard input has no checkpoint: send all of it again, what is there already costs nothing'
      : `; the same command goes on from there (${this.#options.checkpointPath})`;
  }
}

function rejectionOf(place: string, id: string | null, error: Error__Output | null): Rejection {
  return {
    place,
    id,
    code: error?.reason ?? 'UNKNOWN',
    message: error?.message ?? 'the engine gave no reason',
    // Paths start at the message on the wire (`documents[3].title`); the report is about one document.
    violations: (error?.fieldViolations ?? []).map(({ field, description }) => ({
      field: field.replace(/^documents\[\d+\]\.?/, ''),
      description,
    })),
    retryable: error?.retryable ?? false,
  };
}
