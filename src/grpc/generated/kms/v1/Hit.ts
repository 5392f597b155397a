// Original file: proto/kms/v1/search_service.proto

import type { Document as _kms_v1_Document, Document__Output as _kms_v1_Document__Output } from '../../kms/v1/Document.ts';
import type { Highlight as _kms_v1_Highlight, Highlight__Output as _kms_v1_Highlight__Output } from '../../kms/v1/Highlight.ts';
import type { DocumentName as _kms_v1_DocumentName, DocumentName__Output as _kms_v1_DocumentName__Output } from '../../kms/v1/DocumentName.ts';
import type { HitExplanation as _kms_v1_HitExplanation, HitExplanation__Output as _kms_v1_HitExplanation__Output } from '../../kms/v1/HitExplanation.ts';

export interface Hit {
  'document'?: (_kms_v1_Document | null);
  'cosine'?: (number | string);
  'lexicalScore'?: (number | string);
  'fusedScore'?: (number | string);
  'snippet'?: (string);
  'generation'?: (string);
  'confidence'?: (number | string);
  'pinned'?: (boolean);
  'matchedTerms'?: (string)[];
  'highlights'?: (_kms_v1_Highlight)[];
  'duplicates'?: (_kms_v1_DocumentName)[];
  'explanation'?: (_kms_v1_HitExplanation | null);
}

export interface Hit__Output {
  'document': (_kms_v1_Document__Output | null);
  'cosine': (number);
  'lexicalScore': (number);
  'fusedScore': (number);
  'snippet': (string);
  'generation': (string);
  'confidence': (number);
  'pinned': (boolean);
  'matchedTerms': (string)[];
  'highlights': (_kms_v1_Highlight__Output)[];
  'duplicates': (_kms_v1_DocumentName__Output)[];
  'explanation': (_kms_v1_HitExplanation__Output | null);
}
