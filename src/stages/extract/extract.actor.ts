// The extract actor: documents to plain text, one by one, so that a bad one fails alone and a search never waits for more
// than one of them.

import type { ActorBehavior, ActorContext, TaskContext } from '../../actor/actor.ts';
import { toFault } from '../../base/errors.ts';
import type { Document } from '../../model/document.ts';
import { extractDocument } from './extract-document.ts';
import type {
  ExtractedBatch,
  ExtractedText,
  ExtractTasks,
  FailedItem,
  RawBatch,
} from './extract-messages.ts';

export function createExtractActor(context: ActorContext): ActorBehavior<ExtractTasks> {
  let documents = 0;
  let failures = 0;

  async function extract(batch: RawBatch, task: TaskContext): Promise<ExtractedBatch> {
    const items: (ExtractedText | FailedItem)[] = [];
    for (const document of batch.documents) {
      const item = await extractItem(document, batch.generation);
      documents += 1;
      if (item.status === 'failed') failures += 1;
      items.push(item);
      context.progress();
      task.giveWay();
    }
    return { items };
  }

  async function extractItem(document: Document, generation: string): Promise<ExtractedText | FailedItem> {
    try {
      return await extractDocument(document, generation);
    } catch (error) {
      const fault = toFault(error);
      // A parser's own failure is ours to look into; a document without text is the client's.
      if (fault.code === 'internal') {
        const { collection, id, mediaType } = document;
        context.log.warn(
          { collection, id, mediaType, error: fault.message, stack: fault.stack },
          'parser failed',
        );
      }
      return { status: 'failed', fault };
    }
  }

  return {
    tasks: { extract },
    start: async () => {},
    stop: async () => {},
    stats: () => ({ documents, failures }),
  };
}
