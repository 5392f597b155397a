// What SearchService and AdminService offer around remembered searches: feedback in, reports and judgements out.

import { limits } from '../model/limits.ts';
import type { AnalyticsApi } from '../pipeline/engine-api.ts';
import type { ExportJudgementsRequest__Output } from './generated/kms/v1/ExportJudgementsRequest.ts';
import type { ExportJudgementsResponse } from './generated/kms/v1/ExportJudgementsResponse.ts';
import type { GetSearchReportRequest__Output } from './generated/kms/v1/GetSearchReportRequest.ts';
import type { GetSearchReportResponse } from './generated/kms/v1/GetSearchReportResponse.ts';
import type { RecordFeedbackRequest__Output } from './generated/kms/v1/RecordFeedbackRequest.ts';
import type { RecordFeedbackResponse } from './generated/kms/v1/RecordFeedbackResponse.ts';
import type { RpcHost } from './rpc-host.ts';
import { serverStreamHandler } from './server-stream-handler.ts';
import { unaryHandler } from './unary-handler.ts';
import {
  feedbackFromWire,
  judgementsToWire,
  judgementsWindowMs,
  reportToWire,
  reportWindowMs,
  windowFromWire,
} from './wire-analytics.ts';
import { countFromWire } from './wire-checks.ts';

export function feedbackHandlers(host: RpcHost): Record<'RecordFeedback', unknown> {
  return {
    RecordFeedback: unaryHandler<RecordFeedbackRequest__Output, RecordFeedbackResponse>(
      host,
      { needsReady: true },
      async (request, faults) => {
        const feedback = feedbackFromWire(request, faults);
        faults.throwIfAny();
        await host.engine.analytics.recordFeedback(feedback);
        return {};
      },
    ),
  };
}

export function reportHandlers(host: RpcHost): Record<'GetSearchReport' | 'ExportJudgements', unknown> {
  return {
    GetSearchReport: unaryHandler<GetSearchReportRequest__Output, GetSearchReportResponse>(
      host,
      { needsReady: true },
      async (request, faults, options) => {
        const windowMs = windowFromWire(request.window, reportWindowMs, faults);
        const bounds = { max: limits.reportRowsMax, default: limits.reportRowsDefault };
        const limit = countFromWire<number>(request.limit, bounds, 'limit', faults);
        faults.throwIfAny();
        return reportToWire(await host.engine.analytics.report({ windowMs, limit }, options));
      },
    ),
    ExportJudgements: serverStreamHandler<ExportJudgementsRequest__Output, ExportJudgementsResponse>(
      host,
      (request, faults, signal) => {
        const windowMs = windowFromWire(request.window, judgementsWindowMs, faults);
        faults.throwIfAny();
        return judgements(host.engine.analytics, windowMs, signal);
      },
      'every',
    ),
  };
}

async function* judgements(
  analytics: AnalyticsApi,
  windowMs: number,
  signal: AbortSignal,
): AsyncGenerator<ExportJudgementsResponse, void> {
  for await (const part of analytics.judgements({ windowMs }, signal)) yield judgementsToWire(part);
}
