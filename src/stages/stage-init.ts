// What each stage's thread is started with. Plain data: it crosses into the thread as workerData.

import type { CleanInit } from './clean/clean.actor.ts';
import type { EmbedInit } from './embed/embed.actor.ts';
import type { IndexInit } from './index/index.actor.ts';

export type StageInit =
  | { readonly type: 'extract' }
  | { readonly type: 'clean'; readonly init: CleanInit }
  | { readonly type: 'embed'; readonly init: EmbedInit }
  | { readonly type: 'index'; readonly init: IndexInit };
