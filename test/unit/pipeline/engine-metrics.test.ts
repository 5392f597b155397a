import { expect, test } from 'vitest';
import { Metrics } from '../../../src/observability/metrics.ts';
import { setEmbeddingGauges, setGauges } from '../../../src/pipeline/engine-metrics.ts';

const shard = {
  graph_vectors: 40,
  tail_vectors: 2,
  tombstones: 1,
  graph_bytes: 80_000,
  tail_bytes: 3_072,
  cold_collections: 5,
  commits_waiting: 3,
  lexical_documents: 30,
  lexical_segments: 4,
  lexical_bytes: 2048,
  lmdb_used_bytes: 4096,
  lmdb_map_bytes: 65_536,
};

async function shown(metrics: Metrics): Promise<string[]> {
  const { text } = await metrics.scrape();
  const lines = text.split('\n').filter((line) => /^kms_(index|lmdb|actor|thread)_/.test(line));
  // Those that add up for all shards are there from the beginning.
  return lines.filter((line) => /[{,](shard|actor)=/.test(line));
}

test('each gauge of a shard shows what the shard says', async () => {
  const metrics = new Metrics({ withProcess: false });
  setGauges(metrics, { actors: [], shards: [{ shard: '0', stats: shard }] });
  expect(await shown(metrics)).toEqual([
    'kms_index_vectors{shard="0",part="graph"} 40',
    'kms_index_vectors{shard="0",part="tail"} 2',
    'kms_index_tombstones{shard="0"} 1',
    'kms_index_commits_waiting{shard="0"} 3',
    'kms_index_bytes{shard="0",part="graph"} 80000',
    'kms_index_bytes{shard="0",part="tail"} 3072',
    'kms_index_cold_collections{shard="0"} 5',
    'kms_index_lexical_documents{shard="0"} 30',
    'kms_index_lexical_segments{shard="0"} 4',
    'kms_index_lexical_bytes{shard="0"} 2048',
    'kms_lmdb_used_bytes{shard="0"} 4096',
    'kms_lmdb_map_bytes{shard="0"} 65536',
  ]);
});

test('a shard that does not answer keeps its last values, and one that never did has none', async () => {
  const metrics = new Metrics({ withProcess: false });
  const silent = { shard: '1', stats: null };
  setGauges(metrics, { actors: [], shards: [{ shard: '0', stats: shard }, silent] });
  setGauges(metrics, { actors: [], shards: [{ shard: '0', stats: null }, silent] });
  const lines = await shown(metrics);
  expect(lines).toContain('kms_index_vectors{shard="0",part="graph"} 40');
  expect(lines.filter((line) => line.includes('shard="1"'))).toEqual([]);
});

test('each actor shows its mailbox and its thread', async () => {
  const metrics = new Metrics({ withProcess: false });
  const vitals = { mailboxDepth: 5, heapBytes: 1024, eventLoopLagMs: 250 };
  const actor = { name: 'embed', state: 'running', restarts: 0, lastFault: '', ...vitals } as const;
  setGauges(metrics, { actors: [actor], shards: [] });
  expect(await shown(metrics)).toEqual([
    'kms_actor_mailbox_depth{actor="embed"} 5',
    'kms_thread_event_loop_lag_seconds{actor="embed"} 0.25',
    'kms_thread_heap_bytes{actor="embed"} 1024',
  ]);
});

test('the gauges of embedding services show the worst of them, and nothing where there is none', async () => {
  const metrics = new Metrics({ withProcess: false });
  const lines = async () =>
    (await metrics.scrape()).text
      .split('\n')
      .filter((line) => /^kms_embedding_(breaker_open|budget)/.test(line));
  setEmbeddingGauges(metrics, [{ model: 'minilm-l6-v2/int8' }, null]);
  expect(await lines()).toEqual([]);
  const closed = { breaker: 'closed', budget_left_dollars: 3 };
  setEmbeddingGauges(metrics, [closed, { breaker: 'half_open', budget_left_dollars: 2.5 }]);
  expect(await lines()).toEqual(['kms_embedding_breaker_open 1', 'kms_embedding_budget_left_dollars 2.5']);
  setEmbeddingGauges(metrics, [closed]);
  expect(await lines()).toEqual(['kms_embedding_breaker_open 0', 'kms_embedding_budget_left_dollars 3']);
});
