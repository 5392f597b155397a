// Takes a collection out of a generation that other collections still use, page by page.

import { KmsError } from '../../base/errors.ts';
import type { CallOptions } from '../engine-api.ts';
import type { SpaceRuntime } from '../space-runtimes.ts';
import { isFailed } from '../stage-calls.ts';

const pageDocuments = 256;

export async function purgeCollection(
  { search, stages }: SpaceRuntime,
  collection: string,
  call: CallOptions,
): Promise<void> {
  for (;;) {
    const page = { collection, afterId: null, limit: pageDocuments, omitBody: true };
    const documents = await search.list(page, call);
    if (documents.length === 0) return;
    const replies = await stages.delete(
      documents.map(({ id }) => ({ collection, id })),
      call,
    );
    const failed = replies.find(isFailed);
    if (failed !== undefined) throw new KmsError('unavailable', failed.fault.message);
  }
}
