// Which shard a document lives in. The rule may never change for an existing data folder: the shard count is recorded
// with it, and the hash is fixed here.

import type { DocumentKey } from '../model/document.ts';

/** FNV-1a, 32 bits, over the UTF-16 units of collection, a zero and id (Fowler, Noll, Vo; public domain). */
export function shardOf(key: DocumentKey, shardCount: number): number {
  if (shardCount === 1) return 0;
  let hash = 0x811c9dc5;
  const mix = (text: string) => {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
      hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
    }
  };
  mix(key.collection);
  mix('\0');
  mix(key.id);
  return (hash >>> 0) % shardCount;
}

/** One shard's part of a list: the items, and where each stood in the whole. */
export interface ShardPart<Item> {
  readonly shard: number;
  readonly items: readonly Item[];
  readonly positions: readonly number[];
}

/** Splits a list by shard; shards without items are left out. */
export function splitByShard<Item extends DocumentKey>(
  items: readonly Item[],
  shardCount: number,
): ShardPart<Item>[] {
  const parts = new Map<number, { items: Item[]; positions: number[] }>();
  for (const [position, item] of items.entries()) {
    const shard = shardOf(item, shardCount);
    const part = parts.get(shard) ?? { items: [], positions: [] };
    part.items.push(item);
    part.positions.push(position);
    parts.set(shard, part);
  }
  return [...parts].map(([shard, part]) => ({ shard, ...part }));
}

/** Asks each shard for its part, together, and puts the index-aligned replies back into the order of `items`. */
export async function askByShard<Item extends DocumentKey, Reply>(
  items: readonly Item[],
  shardCount: number,
  ask: (part: ShardPart<Item>) => Promise<readonly Reply[]>,
): Promise<Reply[]> {
  const replies = new Array<Reply>(items.length);
  const askPart = async (part: ShardPart<Item>) => {
    for (const [i, reply] of (await ask(part)).entries()) replies[part.positions[i] as number] = reply;
  };
  await Promise.all(splitByShard(items, shardCount).map(askPart));
  return replies;
}
