// Makes the secondary indexes anew from the documents: for a folder that an engine without them has written, or one that
// wrote them differently. In small transactions, so that the thread answers the supervisor in between; a crash on the way
// leaves indexes that know they are incomplete, and the next start begins again.

import type { DocumentRecord } from './document-record.ts';
import type { ShardStore } from './shard-store.ts';

/** Documents of one transaction; with the longest bodies and texts there can be, 256 MiB of memory. */
const documentsPerWrite = 32;

/** Nothing else may write meanwhile. `onProgress` is told how many documents are done, of all. */
export async function rebuildAttributes(
  store: ShardStore,
  {
    onProgress,
  }: { readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void },
): Promise<void> {
  const collections = store.collections();
  const total = collections.reduce((sum, { documents }) => sum + documents, 0);
  let done = 0;
  await store.write((writer) => writer.clearAttributes());
  for (const { name, number } of collections) {
    let afterId: string | null = null;
    for (;;) {
      const page = store.documents(name, afterId, documentsPerWrite);
      for (let next = 0; next < page.length; ) {
        const begun = next;
        await store.write((writer) => {
          while (next < page.length && !writer.isFull) {
            writer.indexAttributes(number, (page[next] as { record: DocumentRecord }).record);
            next++;
          }
        });
        done += next - begun;
        onProgress({ done, total });
      }
      const last = page.at(-1);
      if (last === undefined || page.length < documentsPerWrite) break;
      afterId = last.id;
    }
  }
  await store.write((writer) => writer.completeAttributes());
}
