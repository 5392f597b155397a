// Original file: proto/kms/v1/search_service.proto

import type { Document as _kms_v1_Document, Document__Output as _kms_v1_Document__Output } from '../../kms/v1/Document.ts';

export interface Hit {
  'document'?: (_kms_v1_Document | null);
  'cosine'?: (number | string);
  'lexicalScore'?: (number | string);
  'fusedScore'?: (number | string);
  'snippet'?: (string);
  'generation'?: (string);
}

export interface Hit__Output {
  'document': (_kms_v1_Document__Output | null);
  'cosine': (number);
  'lexicalScore': (number);
  'fusedScore': (number);
  'snippet': (string);
  'generation': (string);
}
