// The clean actor: normalises and chunks extracted texts, one by one, so that a bad one fails alone.

import type { ActorBehavior, ActorContext, TaskContext } from '../../actor/actor.ts';
import { assert } from '../../base/assert.ts';
import { toFault } from '../../base/errors.ts';
import type { ModelTokenizer } from '../../embedding/embedding-provider.ts';
import { loadTokenizer } from '../../embedding/embedding-spaces.ts';
import type { EmbeddingSpec } from '../../model/embedding-spec.ts';
import type { FailedItem } from '../extract/extract-messages.ts';
import { cleanDocument } from './clean-document.ts';
import type { CleanTasks, CleanText, TextItem } from './clean-messages.ts';
import { sharedCounts } from './shared-counts.ts';

export interface CleanInit {
  /** Whose tokenizer measures the chunks. */
  readonly spec: EmbeddingSpec;
  /**
   * Tokens a chunk may have, special ones included: 128 up to what the tokenizer's model reads, which is the default.
   * Another value makes other chunks of the same text, so whoever sets it names another vector space.
   */
  readonly tokensMax?: number;
}

export function createCleanActor(context: ActorContext, init: CleanInit): ActorBehavior<CleanTasks> {
  const room = sharedCounts();
  let tokenizer: ModelTokenizer | null = null;
  let texts = 0;
  let chunks = 0;
  let failures = 0;

  function clean({ items }: { readonly items: readonly TextItem[] }, task: TaskContext) {
    const cleaned = items.map((item) => {
      const result = cleanItem(item);
      texts += 1;
      context.progress();
      task.giveWay();
      return result;
    });
    return { items: cleaned };
  }

  function cleanItem(item: TextItem): CleanText | FailedItem {
    assert(tokenizer !== null, 'start comes before the first task');
    try {
      const cleaned = cleanDocument(item, { tokenizer, onUnit: () => context.progress(), room });
      chunks += cleaned.chunks.length;
      return cleaned;
    } catch (error) {
      failures += 1;
      const fault = toFault(error);
      if (fault.code === 'internal')
        context.log.warn({ error: fault.message, stack: fault.stack }, 'cleaning failed');
      return { status: 'failed', fault };
    }
  }

  return {
    tasks: { clean },
    start: async () => {
      tokenizer = withTokensMax(await loadTokenizer(init.spec), init.tokensMax ?? null);
    },
    stop: async () => {
      tokenizer = null;
    },
    stats: () => ({ texts, chunks, failures }),
  };
}

function withTokensMax(tokenizer: ModelTokenizer, tokensMax: number | null): ModelTokenizer {
  if (tokensMax === null) return tokenizer;
  // Below it the title and the overlap would leave no room for the text.
  assert(tokensMax >= 128 && tokensMax <= tokenizer.tokensMax, 'tokensMax is 128 up to what the model reads');
  return {
    tokensMax,
    encode: (text) => tokenizer.encode(text),
    countTokens: (text) => tokenizer.countTokens(text),
  };
}
