// How a job is worked on, chosen from how much there is to read and from the machine. Pure, and it says why.

import type { JobPlan } from '../../model/job.ts';

export interface Machine {
  readonly cores: number;
  /** The bound of the whole line (KMS_INGEST_DOCUMENTS_IN_FLIGHT). */
  readonly documentsInFlightMax: number;
  /** Where embeddings are made: `minilm` and `onnx` compute here, `openai` is a service. */
  readonly provider: string;
}

/** Records up to which a job takes the profile. */
const directRecordsMax = 5_000;
const pooledRecordsMax = 10_000;

/** Jobs together hold at most this share of the line's documents: the rest is for calls that somebody waits for. */
export const jobsShareOfLine = 0.5;

interface Size {
  readonly batchDocuments: number;
  readonly batchesInFlight: number;
}

/**
 * Computing an embedding here takes some 4 ms, and a live upsert queues behind what is in flight: 192 documents are less
 * than a second of it on one thread. More in flight would not be faster, since the processor is busy with less.
 */
const localSizes: Readonly<Record<JobPlan['profile'], Size>> = {
  direct: { batchDocuments: 32, batchesInFlight: 2 },
  pooled: { batchDocuments: 48, batchesInFlight: 3 },
  bulk: { batchDocuments: 64, batchesInFlight: 3 },
};

/**
 * A service answers after some 100 ms whatever the batch, so larger ones and more of them hide the way there. Each batch
 * also waits for two flushes, of its claims and of its documents: with two in flight a load went at three quarters of the
 * rate of a client that streams.
 */
const remoteSizes: Readonly<Record<JobPlan['profile'], Size>> = {
  direct: { batchDocuments: 64, batchesInFlight: 4 },
  pooled: { batchDocuments: 100, batchesInFlight: 4 },
  bulk: { batchDocuments: 150, batchesInFlight: 5 },
};

/** Batches of all jobs that may be in flight at once. */
export function batchSlots(machine: Machine): number {
  const { batchesInFlight } = sizesFor(machine).bulk;
  // One embedding thread is kept busy by two batches; each core more feeds one more.
  return isRemote(machine) ? batchesInFlight : Math.min(batchesInFlight, machine.cores + 1);
}

/** `recordCount`: what there is to read; null when the source cannot tell. */
export function planJob(recordCount: number | null, machine: Machine): JobPlan {
  const profile = profileOf(recordCount);
  const wanted = sizesFor(machine)[profile];
  const room = Math.max(1, Math.floor(machine.documentsInFlightMax * jobsShareOfLine));
  const slots = batchSlots(machine);
  const batchDocuments = Math.max(1, Math.min(wanted.batchDocuments, Math.floor(room / slots)));
  const batchesInFlight = Math.min(wanted.batchesInFlight, slots, room);
  const why = reasonOf(recordCount, profile);
  const where = isRemote(machine)
    ? `embeddings come from a service (${machine.provider})`
    : `embeddings are computed here (${machine.provider}, ${counted(machine.cores, 'core')})`;
  const reason = `${why}; ${where}, so ${counted(batchesInFlight, 'batch')} of ${counted(batchDocuments, 'document')} in flight, and jobs together hold at most ${room} of ${machine.documentsInFlightMax}`;
  return { profile, batchDocuments, batchesInFlight, reason };
}

function profileOf(recordCount: number | null): JobPlan['profile'] {
  if (recordCount === null) return 'bulk';
  if (recordCount <= directRecordsMax) return 'direct';
  return recordCount <= pooledRecordsMax ? 'pooled' : 'bulk';
}

function reasonOf(recordCount: number | null, profile: JobPlan['profile']): string {
  if (recordCount === null) return `${profile}: the source cannot tell how many records there are`;
  const bound = {
    direct: `at most ${directRecordsMax}`,
    pooled: `more than ${directRecordsMax} and at most ${pooledRecordsMax}`,
    bulk: `more than ${pooledRecordsMax}`,
  }[profile];
  return `${profile}: ${counted(recordCount, 'record')}, ${bound}`;
}

function sizesFor(machine: Machine) {
  return isRemote(machine) ? remoteSizes : localSizes;
}

function isRemote({ provider }: Machine): boolean {
  return provider === 'openai';
}

function counted(count: number, noun: string): string {
  const plural = noun.endsWith('ch') ? `${noun}es` : `${noun}s`;
  return `${count} ${count === 1 ? noun : plural}`;
}
