// A model of the engine's jobs and dead letters for the tests of its gRPC door and of the command line: two lists that
// a test fills and moves by hand. Nothing runs and nothing is on disk.

import { KmsError } from '../../src/base/errors.ts';
import type { DeadLetter, DeadLetterFilter } from '../../src/model/dead-letter.ts';
import type { Job, JobProgress } from '../../src/model/job.ts';
import type {
  CallOptions,
  DeadLettersApi,
  JobPage,
  JobsApi,
  SourceStatus,
} from '../../src/pipeline/engine-api.ts';

const noProgress: JobProgress = {
  read: 0,
  unchanged: 0,
  indexed: 0,
  deleted: 0,
  rejected: 0,
  total: null,
  ratePerSecond: 0,
  etaMs: null,
};

export function modelJob(changes: Partial<Job> = {}): Job {
  return {
    id: 'job-1',
    task: { type: 'sync', source: 'cases', mode: 'incremental' },
    state: 'queued',
    priority: 'normal',
    createdTimeMs: 1_700_000_000_000,
    startedTimeMs: null,
    endedTimeMs: null,
    progress: noProgress,
    plan: null,
    fault: null,
    attempts: 0,
    ...changes,
  };
}

export function modelLetter(changes: Partial<DeadLetter> = {}): DeadLetter {
  return {
    id: 'letter-1',
    collection: 'cases',
    documentId: 'c-1',
    source: 'cases',
    jobId: 'job-1',
    stage: 'embed',
    fault: { code: 'poisoned', message: 'makes its thread fail', violations: [], facts: {} },
    attempts: 3,
    createdTimeMs: 1_700_000_000_000,
    lastTriedTimeMs: 1_700_000_005_000,
    document: {
      id: 'c-1',
      collection: 'cases',
      title: 'Login',
      body: 'It loops',
      mediaType: 'text/plain',
      attributes: { product: 'portal' },
      updateTimeMs: null,
      embedding: null,
    },
    raw: '',
    ...changes,
  };
}

const isEnded = ({ state }: Job) => state === 'finished' || state === 'failed' || state === 'stopped';

export class JobsModel implements JobsApi {
  /** Oldest first. */
  readonly #jobs = new Map<string, Job>();
  readonly #watchers = new Set<() => void>();
  readonly knownSources: SourceStatus[] = [
    { name: 'tickets', kind: 'jsonl', everyMs: null, lastJobId: '', syncedTimeMs: null, nextTimeMs: null },
    {
      name: 'cases',
      kind: 'postgres',
      everyMs: 1_800_000,
      lastJobId: 'job-1',
      syncedTimeMs: 1_700_000_000_000,
      nextTimeMs: 1_700_001_800_000,
    },
  ];
  /** Watches that are open. */
  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** Adds a job, or takes it to another state. */
  put(job: Job): void {
    this.#jobs.set(job.id, job);
    for (const wake of [...this.#watchers]) wake();
  }

  async startSync({ source, mode, priority }: Parameters<JobsApi['startSync']>[0]): Promise<Job> {
    if (!this.knownSources.some(({ name }) => name === source))
      throw new KmsError('not_found', 'no such source', { facts: { source } });
    const ofSource = [...this.#jobs.values()].filter(
      ({ task }) => task.type === 'sync' && task.source === source,
    );
    const running = ofSource.find(({ state }) => state === 'started');
    if (running !== undefined)
      throw new KmsError('failed_precondition', 'a job of the source is running', {
        facts: { jobId: running.id },
      });
    const job = modelJob({
      id: `job-${this.#jobs.size + 1}`,
      task: { type: 'sync', source, mode },
      priority,
    });
    this.put(job);
    return job;
  }

  get(id: string): Job {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new KmsError('not_found', 'no such job', { facts: { jobId: id } });
    return job;
  }

  list({ states, source, beforeId, limit }: JobPage): readonly Job[] {
    const newestFirst = [...this.#jobs.values()].sort((a, b) => (a.id > b.id ? -1 : 1));
    return newestFirst
      .filter(({ id }) => beforeId === null || id < beforeId)
      .filter(({ state }) => states.length === 0 || states.includes(state))
      .filter(({ task }) => source === '' || (task.type === 'sync' && task.source === source))
      .slice(0, limit);
  }

  async cancel(id: string): Promise<Job> {
    const job = this.get(id);
    if (!isEnded(job)) this.put({ ...job, state: 'stopped' });
    return this.get(id);
  }

  async *watch(id: string, signal: AbortSignal): AsyncGenerator<Job> {
    let wake = () => {};
    const onChange = () => wake();
    this.#watchers.add(onChange);
    signal.addEventListener('abort', onChange);
    try {
      while (!signal.aborted) {
        const changed = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const job = this.get(id);
        yield job;
        if (isEnded(job)) return;
        await changed;
      }
    } finally {
      this.#watchers.delete(onChange);
      signal.removeEventListener('abort', onChange);
    }
  }

  sources(): readonly SourceStatus[] {
    return this.knownSources;
  }
}

export class DeadLettersModel implements DeadLettersApi {
  letters: DeadLetter[] = [];
  /** Filters of retry and purge, as they came in. */
  readonly asked: DeadLetterFilter[] = [];
  /** Whether a letter gets through when it is sent again. */
  isCured: (letter: DeadLetter) => boolean = () => true;

  #matching({ ids, collection, source, stage, code }: DeadLetterFilter): DeadLetter[] {
    return this.letters
      .filter((letter) => ids.length === 0 || ids.includes(letter.id))
      .filter((letter) => collection === '' || letter.collection === collection)
      .filter((letter) => source === '' || letter.source === source)
      .filter((letter) => stage === '' || letter.stage === stage)
      .filter((letter) => code === '' || letter.fault.code === code);
  }

  list(filter: DeadLetterFilter, page: { readonly afterId: string | null; readonly limit: number }) {
    return this.#matching(filter)
      .filter(({ id }) => page.afterId === null || id > page.afterId)
      .slice(0, page.limit);
  }

  count(): number {
    return this.letters.length;
  }

  async retry(filter: DeadLetterFilter, _options: CallOptions) {
    this.asked.push(filter);
    const matching = this.#matching(filter);
    const cured = matching.filter((letter) => letter.document !== null && this.isCured(letter));
    this.letters = this.letters.filter((letter) => !cured.includes(letter));
    return { retried: matching.length, indexed: cured.length, failed: matching.length - cured.length };
  }

  async purge(filter: DeadLetterFilter): Promise<number> {
    this.asked.push(filter);
    const matching = this.#matching(filter);
    this.letters = this.letters.filter((letter) => !matching.includes(letter));
    return matching.length;
  }
}
