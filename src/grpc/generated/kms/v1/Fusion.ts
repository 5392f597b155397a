// Original file: proto/kms/v1/search_service.proto

import type { ConvexFusion as _kms_v1_ConvexFusion, ConvexFusion__Output as _kms_v1_ConvexFusion__Output } from '../../kms/v1/ConvexFusion.ts';
import type { ReciprocalRankFusion as _kms_v1_ReciprocalRankFusion, ReciprocalRankFusion__Output as _kms_v1_ReciprocalRankFusion__Output } from '../../kms/v1/ReciprocalRankFusion.ts';

export interface Fusion {
  'convex'?: (_kms_v1_ConvexFusion | null);
  'rrf'?: (_kms_v1_ReciprocalRankFusion | null);
  'method'?: "convex"|"rrf";
}

export interface Fusion__Output {
  'convex'?: (_kms_v1_ConvexFusion__Output | null);
  'rrf'?: (_kms_v1_ReciprocalRankFusion__Output | null);
  'method'?: "convex"|"rrf";
}
