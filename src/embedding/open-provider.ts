// From a spec to a running provider. Each kind is loaded only when it is asked for: a thread that talks to a service
// carries no inference library.

import type { Clock } from '../base/clock.ts';
import type { EmbeddingSpec } from '../model/embedding-spec.ts';
import type { EmbeddingLimits } from './embedding-limits.ts';
import type { EmbeddingProvider } from './embedding-provider.ts';
import type { ProviderEvents } from './provider-events.ts';

export interface OpenProviderOptions {
  readonly dataDir: string;
  /** Inference threads, for models on this machine. */
  readonly threadsMin: number;
  readonly threadsMax: number;
  /** For services. */
  readonly limits: EmbeddingLimits;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly events: ProviderEvents;
}

/** Throws `invalid_argument` when the spec cannot be, `data_loss` when the model's files are not what they were. */
export async function openEmbeddingProvider(
  spec: EmbeddingSpec,
  options: OpenProviderOptions,
): Promise<EmbeddingProvider> {
  const { dataDir, threadsMin, threadsMax, events } = options;
  const { onProgress } = events;
  switch (spec.provider) {
    case 'minilm': {
      const { openMiniLmProvider } = await import('./minilm/minilm-provider.ts');
      return openMiniLmProvider({ dataDir, precision: spec.precision, threadsMin, threadsMax, onProgress });
    }
    case 'static': {
      const { openStaticProvider } = await import('./static/static-provider.ts');
      return openStaticProvider({ dataDir, onDistilled: events.onPrepared, onProgress });
    }
    case 'onnx': {
      const { openOnnxProvider } = await import('./onnx/onnx-provider.ts');
      return openOnnxProvider({ folder: spec.folder, threadsMin, threadsMax, onProgress });
    }
    case 'openai': {
      const { openOpenAiProvider } = await import('./openai/open-openai-provider.ts');
      const { limits, clock, env } = options;
      return openOpenAiProvider({ ...spec, dataDir, limits, clock, env, events });
    }
  }
}
