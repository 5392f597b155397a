// What may be sent to a paid service, and what it may cost. 0 stands for no limit everywhere.

import type { Settings } from '../config/settings.ts';

export interface EmbeddingLimits {
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
  readonly budgetDollarsPerDay: number;
  /** 0: the model's list price where there is one. */
  readonly dollarsPerMillionTokens: number;
}

export const noEmbeddingLimits: EmbeddingLimits = {
  requestsPerMinute: 0,
  tokensPerMinute: 0,
  budgetDollarsPerDay: 0,
  dollarsPerMillionTokens: 0,
};

export function embeddingLimitsOf(settings: Settings): EmbeddingLimits {
  return {
    requestsPerMinute: settings.embedRequestsPerMinute,
    tokensPerMinute: settings.embedTokensPerMinute,
    budgetDollarsPerDay: settings.embedBudgetPerDay,
    dollarsPerMillionTokens: settings.embedPricePerMillionTokens,
  };
}
