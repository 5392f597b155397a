// An OpenAI provider on its way to an EmbeddingServer, with what it reports.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { type EmbeddingLimits, noEmbeddingLimits } from '../../src/embedding/embedding-limits.ts';
import type { EmbeddingProvider } from '../../src/embedding/embedding-provider.ts';
import { openOpenAiProvider } from '../../src/embedding/openai/open-openai-provider.ts';
import type { EmbeddingServer } from './embedding-server.ts';

export interface ProviderUnderTest {
  readonly provider: EmbeddingProvider;
  readonly outcomes: string[];
  readonly breakerStates: string[];
  spentDollars: number;
  signsOfLife: number;
  /** Closes it and removes what it kept. */
  close(): Promise<void>;
}

export function providerFor(
  server: Pick<EmbeddingServer, 'baseUrl'>,
  options: {
    readonly limits?: Partial<EmbeddingLimits>;
    readonly dimensions?: number;
    readonly dataDir?: string;
    readonly random?: () => number;
  } = {},
): ProviderUnderTest {
  const { limits = {}, dimensions = 32, random = () => 0.01 } = options;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'kms-openai-'));
  const outcomes: string[] = [];
  const breakerStates: string[] = [];
  const provider = openOpenAiProvider({
    model: 'word-model',
    dimensions,
    dataDir,
    limits: { ...noEmbeddingLimits, ...limits },
    clock: systemClock,
    env: { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: 'secret-key' },
    events: {
      onProgress: () => {
        underTest.signsOfLife++;
      },
      onPrepared: () => undefined,
      onRequest: (outcome) => outcomes.push(outcome),
      onWaited: () => undefined,
      onSpent: (dollars) => {
        underTest.spentDollars += dollars;
      },
      onBreaker: (state) => breakerStates.push(state),
      onStoreError: (error) => {
        throw error;
      },
    },
    random,
  });
  const underTest: ProviderUnderTest = {
    provider,
    outcomes,
    breakerStates,
    spentDollars: 0,
    signsOfLife: 0,
    close: async () => {
      await provider.close();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return underTest;
}
