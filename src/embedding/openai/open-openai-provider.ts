// Puts the parts of the OpenAI provider together. The address and the key come from the environment each time; neither
// is ever stored or logged.

import type { Clock } from '../../base/clock.ts';
import type { EmbeddingLimits } from '../embedding-limits.ts';
import type { EmbeddingProvider } from '../embedding-provider.ts';
import type { ProviderEvents } from '../provider-events.ts';
import { DailyBudget } from './daily-budget.ts';
import { openaiDimensions, openaiPrice, sendsDimensions } from './openai-models.ts';
import { OpenAiProvider } from './openai-provider.ts';
import { loadOpenAiTokenizer } from './openai-tokenizer.ts';
import { RequestGovernor } from './request-governor.ts';
import { ServiceClient } from './service-client.ts';
import { openSpendStore } from './spend-store.ts';

export interface OpenAiProviderOptions {
  readonly model: string;
  readonly dimensions: number | null;
  readonly dataDir: string;
  readonly limits: EmbeddingLimits;
  readonly clock: Clock;
  /** OPENAI_BASE_URL and OPENAI_API_KEY are read from it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly events: ProviderEvents;
  /** In [0, 1), for the backoff; given by tests. */
  readonly random?: () => number;
}

/** Sends nothing: a service that is down is no reason not to start. */
export function openOpenAiProvider(options: OpenAiProviderOptions): EmbeddingProvider {
  const { model, dataDir, limits, clock, env, events } = options;
  const dimensions = openaiDimensions(model, options.dimensions);
  const client = new ServiceClient({
    clock,
    baseUrl: env['OPENAI_BASE_URL'] || null,
    apiKey: env['OPENAI_API_KEY'] || null,
    model,
    dimensions,
    sendsDimensions: sendsDimensions(model, options.dimensions),
  });
  const governor = new RequestGovernor({
    clock,
    requestsPerMinute: limits.requestsPerMinute,
    tokensPerMinute: limits.tokensPerMinute,
    onWaited: events.onWaited,
    onBreaker: events.onBreaker,
  });
  const store = openSpendStore({ dataDir, onError: events.onStoreError });
  return new OpenAiProvider({
    model: `openai/${model}`,
    dimensions,
    dollarsPerMillionTokens: openaiPrice(model, limits.dollarsPerMillionTokens),
    client,
    governor,
    budget: new DailyBudget({ clock, dollarsPerDay: limits.budgetDollarsPerDay, store }),
    tokenizer: loadOpenAiTokenizer(model),
    clock,
    random: options.random ?? Math.random,
    onRequest: events.onRequest,
    onSpent: events.onSpent,
    onProgress: events.onProgress,
    closeStore: () => store.close(),
  });
}
