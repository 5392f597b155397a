// LanceDB: a library with its own threads, called directly in the client's process; tables are files in a folder.

import { bodyOf, type Peer, type PeerSession, type VectorBatch } from './peer.ts';
import { importPackage, packageObstacle } from './peer-packages.ts';

interface ArrowTable {
  getChild(name: string): Iterable<unknown> | null;
}

interface VectorQuery {
  distanceType(kind: string): VectorQuery;
  nprobes(count: number): VectorQuery;
  refineFactor(factor: number): VectorQuery;
  select(columns: readonly string[]): VectorQuery;
  limit(count: number): VectorQuery;
  toArrow(): Promise<ArrowTable>;
}

interface LanceTable {
  add(rows: ArrowTable): Promise<unknown>;
  createIndex(column: string, options: { config: unknown }): Promise<void>;
  listIndices(): Promise<readonly unknown[]>;
  optimize(): Promise<unknown>;
  query(): { nearestTo(vector: Float32Array): VectorQuery };
}

interface Connection {
  createEmptyTable(name: string, schema: unknown): Promise<LanceTable>;
  openTable(name: string): Promise<LanceTable>;
  close(): void;
}

interface Lancedb {
  connect(folder: string, options: { readConsistencyInterval: number }): Promise<Connection>;
  readonly Index: { ivfPq(options: object): unknown; ivfFlat(options: object): unknown };
}

type Make = new (...values: unknown[]) => unknown;

interface Arrow {
  readonly Schema: Make;
  readonly Field: Make;
  readonly Int32: Make;
  readonly Utf8: Make;
  readonly Float32: Make;
  readonly FixedSizeList: Make;
  readonly Table: new (schema: unknown, columns: object) => ArrowTable;
  makeData(parts: object): unknown;
  makeVector(data: unknown): unknown;
  vectorFromArray(values: unknown, type: unknown): unknown;
}

/** Readers look for a newer version of the table once a second: the engine's readers see a document at once. */
const readConsistencyInterval = 1;

/** Its index kinds; both refine with or scan the full vectors, so both come to any recall. */
type IndexKind = 'IVF_PQ' | 'IVF_FLAT';

const setup =
  'library in the client process, called directly; not flushed to disk (no fsync call, by strace); index made after the load';

export const lancedb: Peer = {
  name: 'LanceDB',
  setup: `${setup}: IVF_PQ with its defaults, refined with the full vectors; while searches go on, optimize() every 10,000 documents`,
  isReference: false,
  hasGraph: false,
  efforts: [
    [5, 2],
    [5, 5],
    [10, 5],
    [15, 5],
    [20, 5],
    [15, 10],
    [20, 10],
    [40, 10],
    [80, 20],
    [160, 40],
  ].map(([nprobes = 0, refine = 0]) => ({ nprobes, refine })),
  load: { documentsPerBatch: 5_000, batchesInFlight: 1, documentsPerSettle: 10_000 },
  obstacle: (size) => packageObstacle('@lancedb/lancedb', size),
  serve: (folder) => Promise.resolve({ place: folder, stop: () => Promise.resolve() }),
  connect: (folder, dimensions) => session(folder, dimensions, 'IVF_PQ'),
};

/** Without compression: cheaper to make, and as clusters go, nothing finds them faster than lists of clusters. */
export const lancedbFlat: Peer = {
  ...lancedb,
  name: 'LanceDB IVF_FLAT',
  setup: `${setup}: IVF_FLAT with as many lists as the root of the number of documents`,
  efforts: [1, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 32, 48, 64, 96, 128].map((nprobes) => ({ nprobes })),
  connect: (folder, dimensions) => session(folder, dimensions, 'IVF_FLAT'),
};

async function session(folder: string, dimensions: number, kind: IndexKind): Promise<PeerSession> {
  const { connect, Index } = await importPackage<Lancedb>('@lancedb/lancedb');
  const arrow = await importPackage<Arrow>('apache-arrow');
  const connection = await connect(folder, { readConsistencyInterval });
  const schema = schemaOf(arrow, dimensions);
  let table: LanceTable | null = null;
  let addedHere = 0;
  let isIndexed = false;
  const open = async () => {
    table ??= await connection.openTable('cases');
    return table;
  };
  const index = () =>
    kind === 'IVF_PQ'
      ? Index.ivfPq({ distanceType: 'dot' })
      : Index.ivfFlat({ distanceType: 'dot', numPartitions: Math.round(Math.sqrt(addedHere)) });
  return {
    create: async () => {
      table = await connection.createEmptyTable('cases', schema);
    },
    add: async (batch) => {
      await (await open()).add(arrowTable(arrow, schema, batch));
      addedHere += batch.count;
    },
    settle: async () => {
      const target = await open();
      isIndexed ||= (await target.listIndices()).length > 0;
      if (isIndexed) await target.optimize();
      else await target.createIndex('vector', { config: index() });
    },
    search: async (vector, limit, { nprobes = 20, refine }) => {
      const nearest = (await open()).query().nearestTo(vector).distanceType('dot').nprobes(nprobes);
      const query = refine === undefined ? nearest : nearest.refineFactor(refine);
      const found = await query.select(['id', 'body', '_distance']).limit(limit).toArrow();
      const bodies = [...(found.getChild('body') ?? [])];
      return [...(found.getChild('id') ?? [])].map((id, rank) => ({
        id: Number(id),
        body: String(bodies[rank]),
      }));
    },
    close: async () => connection.close(),
  };
}

function schemaOf(arrow: Arrow, dimensions: number): unknown {
  const item = new arrow.Field('item', new arrow.Float32(), true);
  return new arrow.Schema([
    new arrow.Field('id', new arrow.Int32(), false),
    new arrow.Field('body', new arrow.Utf8(), false),
    new arrow.Field('vector', new arrow.FixedSizeList(dimensions, item), false),
  ]);
}

/** Columns made from the packed vectors as they are, which is the fastest way in. */
function arrowTable(arrow: Arrow, schema: unknown, { firstId, count, vectors }: VectorBatch): ArrowTable {
  const dimensions = vectors.length / count;
  const ids = Int32Array.from({ length: count }, (_, i) => firstId + i);
  const item = new arrow.Field('item', new arrow.Float32(), true);
  const values = arrow.makeData({ type: new arrow.Float32(), data: vectors });
  const lists = {
    type: new arrow.FixedSizeList(dimensions, item),
    length: count,
    nullCount: 0,
    child: values,
  };
  return new arrow.Table(schema, {
    id: arrow.makeVector(ids),
    body: arrow.vectorFromArray(
      Array.from(ids, (id) => bodyOf(id)),
      new arrow.Utf8(),
    ),
    vector: arrow.makeVector(arrow.makeData(lists)),
  });
}
