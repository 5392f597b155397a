import { describe, expect, it } from 'vitest';
import { comparison, type MeasuredPeer } from '../../../native-bench/peers/comparison.ts';
import type { PeerData } from '../../../native-bench/peers/peer-data.ts';
import { peerNamed, peers } from '../../../native-bench/peers/peer-list.ts';
import type { MeasurementPlan, PeerMeasurement } from '../../../native-bench/peers/peer-measurement.ts';

const data = { shape: { dimensions: 384, stored: 100, extra: 10, queries: 5 } } as PeerData;
const plan: MeasurementPlan = {
  dataFolder: '',
  data,
  exactAnswers: [],
  recallMin: 0.95,
  searchForMs: 1,
  searchWhileIngestingForMs: 1,
  sameRate: 500,
};

function measurement(ms: number, rate: number): PeerMeasurement {
  return {
    ingestRate: rate,
    acknowledgedRate: rate,
    search: {
      effort: { ef: 10 },
      recall: 0.96,
      p50Ms: ms,
      p99Ms: 2 * ms,
      searchesPerSecond: rate,
      whileIngesting: { p50Ms: ms, p99Ms: 10 * ms, ingestRate: rate },
      atTheSameRate: { p50Ms: ms, p99Ms: 3 * ms * ms, ingestRate: 500 },
    },
  };
}

function compared(measured: readonly MeasuredPeer[], missing: readonly string[] = []) {
  const outcome = comparison(measured, missing, { size: 'short', plan });
  return { ...outcome, figureOf: (name: string) => outcome.figures.find((row) => row.name === name) };
}

const ours = { peer: peerNamed('kms-engine'), measurement: measurement(1, 1_000) };
const chroma = { peer: peerNamed('Chroma'), measurement: measurement(4, 500) };
const sqlite = { peer: peerNamed('sqlite-vec'), measurement: measurement(8, 4_000) };

describe('the comparison with peers', () => {
  it('has the ratio to the best peer of each measure, and says which it is', () => {
    const { figureOf, notes } = compared([ours, chroma, sqlite]);
    expect(figureOf('search p50: the engine / the best peer')).toMatchObject({ value: 0.25, holds: true });
    expect(figureOf('durable ingest: the engine / the best peer')).toMatchObject({
      value: 0.25,
      holds: false,
    });
    expect(notes).toContain(
      'durable ingest: the engine / the best peer: the engine’s is kms-engine, the best peer sqlite-vec.',
    );
  });

  it('takes the better of the two ways to ask the engine', () => {
    const streamed = { peer: peerNamed('kms-engine SearchStream'), measurement: measurement(0.5, 900) };
    const { figureOf, notes } = compared([ours, streamed, chroma]);
    expect(figureOf('search p50: the engine / the best peer')).toMatchObject({ value: 0.125 });
    expect(figureOf('searches at 32 in flight: the engine / the best peer')).toMatchObject({ value: 2 });
    expect(notes?.join()).toContain('the engine’s is kms-engine SearchStream, the best peer Chroma.');
  });

  it('has a ratio to those that keep a graph beside the one to all', () => {
    const { figureOf } = compared([ours, chroma, sqlite]);
    const ratio = figureOf('durable ingest: the engine / the best peer that keeps a graph');
    expect(ratio).toMatchObject({ value: 2, holds: true });
  });

  it('misses its target while ingesting when a peer is not twice as slow', () => {
    const near = { peer: peerNamed('pgvector'), measurement: measurement(1.5, 100) };
    const name = 'search p99 while ingesting: the best peer / the engine';
    expect(compared([ours, chroma, near]).figureOf(name)).toMatchObject({ value: 1.5, holds: false });
    expect(compared([ours, chroma]).figureOf(name)).toMatchObject({ value: 4, holds: true });
  });

  it('compares at the same rate of ingest, too', () => {
    const near = { peer: peerNamed('pgvector'), measurement: measurement(1.5, 100) };
    const name = 'search p99 while ingesting at the same rate: the best peer / the engine';
    expect(compared([ours, chroma, near]).figureOf(name)).toMatchObject({ value: 2.25, holds: true });
  });

  it('never compares with a reference', () => {
    const reference = { peer: peerNamed('usearch'), measurement: measurement(0.1, 100_000) };
    const { figureOf } = compared([ours, chroma, reference]);
    expect(figureOf('search p50: the engine / the best peer')).toMatchObject({ value: 0.25 });
    expect(figureOf('usearch: search p50, one at a time')).toMatchObject({ value: 0.1, holds: null });
  });

  it('has no ratio without a peer, and one sentence for each that is left out', () => {
    const { figures, plots, notes } = compared([ours], ['Chroma is left out: it is not installed.']);
    expect(figures.filter(({ unit }) => unit === 'ratio')).toEqual([]);
    expect(plots).toEqual([]);
    expect(notes).toContain('Chroma is left out: it is not installed.');
  });

  it('uses a variant whose ingest alone is measured for the ingest alone', () => {
    const late = {
      peer: peerNamed('pgvector indexed after the load'),
      measurement: { ...measurement(1, 900), search: null },
    };
    const { figureOf } = compared([ours, chroma, late]);
    expect(figureOf('search p50: the engine / the best peer')).toMatchObject({ value: 0.25 });
    expect(figureOf('durable ingest: the engine / the best peer')?.value).toBeCloseTo(1 / 0.9);
  });

  it('names every figure once', () => {
    const everyone = peers.map((peer) => ({ peer, measurement: measurement(1, 1) }));
    const names = compared(everyone).figures.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
