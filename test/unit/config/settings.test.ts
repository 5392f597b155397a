import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KmsError } from '../../../src/base/errors.ts';
import { nearestName } from '../../../src/config/nearest-name.ts';
import { formatAddress, parseAddress } from '../../../src/config/network-address.ts';
import { indexBytesOfShard, readSettings, shardsForNewFolder } from '../../../src/config/settings.ts';
import { settingKeys, settingsSchema, variableOf } from '../../../src/config/settings-schema.ts';
import { settingsTable } from '../../../src/config/settings-table.ts';

function faultsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof KmsError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('settings', () => {
  it('every setting has a default that its own rule accepts', () => {
    const settings = readSettings({}, {}, 4);
    expect(settings).toMatchObject({
      grpcAddress: { host: '127.0.0.1', port: 50_051 },
      httpAddress: { host: '127.0.0.1', port: 9464 },
      dataDir: './data',
      embedCacheBytes: 2 ** 30,
      lmdbMapBytes: 64 * 2 ** 30,
      embedThreadsMax: 3,
    });
    expect(Object.keys(settings).sort()).toEqual([...settingKeys].sort());
  });

  it('all faults are reported together, each with its name, its value and the rule', () => {
    const env = {
      KMS_INDEX_M: '3',
      KMS_GRPC_ADDRESS: 'localhost',
      KMS_LOG_LEVEL: 'loud',
      KMS_EMBED_CACHE_BYTES: '1GB',
      KMS_DATA_DRI: '/data',
    };
    expect(faultsOf(() => readSettings(env, { shutdownTimeoutMs: '1.5' }))).toEqual([
      'KMS_DATA_DRI=/data: is not a setting; did you mean KMS_DATA_DIR?',
      'KMS_GRPC_ADDRESS=localhost: must be HOST:PORT, such as 127.0.0.1:50051 or [::1]:50051',
      'KMS_LOG_LEVEL=loud: must be one of debug, info, warn, error, silent',
      'KMS_EMBED_CACHE_BYTES=1GB: must be 1MiB..1TiB',
      'KMS_INDEX_M=3: must be 4..64',
      '--shutdown-timeout-ms=1.5: must be 100..600000 (milliseconds)',
    ]);
  });

  it('an unknown variable without a near name is a fault without a suggestion', () => {
    expect(faultsOf(() => readSettings({ KMS_COLOUR_OF_THE_SKY: 'blue' }))).toEqual([
      'KMS_COLOUR_OF_THE_SKY=blue: is not a setting',
    ]);
  });

  it('variables that a container platform sets for a service called kms are no faults', () => {
    const env = {
      KMS_SERVICE_HOST: '10.0.0.1',
      KMS_SERVICE_PORT: '50051',
      KMS_SERVICE_PORT_GRPC: '50051',
      KMS_PORT: 'tcp://10.0.0.1:50051',
      KMS_PORT_50051_TCP_ADDR: '10.0.0.1',
      KMS_ENGINE_PORT_9464_TCP: 'tcp://10.0.0.1:9464',
    };
    expect(faultsOf(() => readSettings(env))).toEqual([]);
  });

  it('a flag wins over its variable', () => {
    const settings = readSettings({ KMS_SEARCH_EF: '100' }, { searchEf: '200' });
    expect(settings.searchEf).toBe(200);
  });

  it('the least inference threads are at most the most', () => {
    expect(faultsOf(() => readSettings({ KMS_EMBED_THREADS_MIN: '8' }, {}, 4))).toEqual([
      'KMS_EMBED_THREADS_MIN=8: must be at most KMS_EMBED_THREADS_MAX (3)',
    ]);
  });

  it.each([
    [
      { KMS_EMBED_MODEL: 'fp16' },
      ['KMS_EMBED_MODEL=fp16: must be int8 or fp32 with KMS_EMBED_PROVIDER=minilm'],
    ],
    [
      { KMS_EMBED_PROVIDER: 'static', KMS_EMBED_MODEL: 'int8' },
      ['KMS_EMBED_MODEL=int8: must be empty with KMS_EMBED_PROVIDER=static: there is one table'],
    ],
    [
      { KMS_EMBED_PROVIDER: 'onnx', KMS_EMBED_DIMENSIONS: '8' },
      [
        'KMS_EMBED_MODEL=: must be a folder with model.onnx with KMS_EMBED_PROVIDER=onnx',
        'KMS_EMBED_DIMENSIONS=8: must be 0 unless KMS_EMBED_PROVIDER=openai: the model has its own',
      ],
    ],
    [
      { KMS_EMBED_PROVIDER: 'openai', KMS_EMBED_MODEL: 'my-model', KMS_EMBED_BUDGET_PER_DAY: '1.5' },
      [
        'KMS_EMBED_DIMENSIONS=0: must be given for my-model: its vectors’ length is not known here',
        'KMS_EMBED_PRICE_PER_MILLION_TOKENS=0: must be given for KMS_EMBED_BUDGET_PER_DAY to count with: the price of my-model is not known here',
      ],
    ],
    [
      { KMS_EMBED_BUDGET_PER_DAY: '-1', KMS_EMBED_PRICE_PER_MILLION_TOKENS: '1e3' },
      [
        'KMS_EMBED_BUDGET_PER_DAY=-1: must be 0..1000000',
        'KMS_EMBED_PRICE_PER_MILLION_TOKENS=1e3: must be 0..10000',
      ],
    ],
    [{ KMS_EMBED_PROVIDER: 'openai', KMS_EMBED_BUDGET_PER_DAY: '1.5' }, []],
  ])('embedding settings fit together: %o', (env, faults) => {
    expect(faultsOf(() => readSettings(env))).toEqual(faults);
  });

  it('settings cannot be changed after they were read', () => {
    const settings = readSettings({});
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.grpcAddress)).toBe(true);
  });

  it('a number outside its bounds is never accepted, one inside always', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 20_000 }), (value) => {
        const { min, max } = settingsSchema.searchEf;
        const faults = faultsOf(() => readSettings({ KMS_SEARCH_EF: String(value) }));
        expect(faults.length).toBe(value >= min && value <= max ? 0 : 1);
      }),
    );
  });

  it('automatic shards are one less than the cores, within 1..8', () => {
    expect([1, 2, 4, 64].map((cores) => shardsForNewFolder(0, cores))).toEqual([1, 1, 3, 8]);
    expect(shardsForNewFolder(12, 2)).toBe(12);
  });

  it('each shard has an equal part of the memory for the index, by default of half of all', () => {
    expect(indexBytesOfShard(0, 4, 8_000)).toBe(1_000);
    expect(indexBytesOfShard(1_000, 3, 8_000)).toBe(333);
  });
});

describe('addresses', () => {
  it('what is formatted reads back as the same address', () => {
    for (const text of ['127.0.0.1:0', 'engine.internal:50051', '[::1]:65535'])
      expect(formatAddress(parseAddress(text) ?? { host: '', port: -1 })).toBe(text);
  });

  it('an address needs a host and a port that exists', () => {
    for (const text of ['', ':1', 'a:', 'a:65536', '::1:50051', 'http://a:1', 'a b:1'])
      expect(parseAddress(text), text).toBeNull();
  });
});

describe('the settings table', () => {
  it('the table in docs/configuration.md and in the README is the one of the schema', () => {
    for (const path of ['docs/configuration.md', 'README.md']) {
      const text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
      const block = /<!-- settings -->\n([\s\S]*?)\n<!-- \/settings -->/.exec(text)?.[1];
      // The README may leave the table to the documentation; where there is one, it is this one.
      if (block !== undefined || path !== 'README.md') expect(block?.trim(), path).toBe(settingsTable());
    }
  });

  it('every variable is listed once', () => {
    for (const key of settingKeys)
      expect(settingsTable().split(`| \`${variableOf(key)}\` |`)).toHaveLength(2);
  });
});

it('a near name is found, a far one is not', () => {
  expect(nearestName('KMS_GRPC_ADRESS', ['KMS_HTTP_ADDRESS', 'KMS_GRPC_ADDRESS'])).toBe('KMS_GRPC_ADDRESS');
  expect(nearestName('KMS_X', ['KMS_HTTP_ADDRESS'])).toBeNull();
});
