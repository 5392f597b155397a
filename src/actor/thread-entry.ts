// Where a thread's code is: a worker of Node 20 cannot be started on a .ts file, so from source (tests, tsx) it goes
// through a small bootstrap that registers a loader first. In dist the entry is started as it is.

/** The entry beside the calling module: `threadUrl(import.meta.url, './stage.thread')` is stage.thread.ts or .js. */
export function threadUrl(moduleUrl: string, entry: string): URL {
  const extension = moduleUrl.endsWith('.ts') ? '.ts' : '.js';
  return new URL(entry + extension, moduleUrl);
}

/** What to give to `new Worker` for an entry: the file to start, and the loader's part of workerData. */
export function workerStart(entry: URL): { readonly file: URL; readonly loaderData: { entry?: string } } {
  if (!entry.pathname.endsWith('.ts')) return { file: entry, loaderData: {} };
  return { file: new URL('./thread-bootstrap.mjs', import.meta.url), loaderData: { entry: entry.href } };
}
