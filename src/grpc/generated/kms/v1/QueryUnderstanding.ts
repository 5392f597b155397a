// Original file: proto/kms/v1/search_service.proto

import type { QueryTerm as _kms_v1_QueryTerm, QueryTerm__Output as _kms_v1_QueryTerm__Output } from '../../kms/v1/QueryTerm.ts';
import type { Filter as _kms_v1_Filter, Filter__Output as _kms_v1_Filter__Output } from '../../kms/v1/Filter.ts';
import type { Correction as _kms_v1_Correction, Correction__Output as _kms_v1_Correction__Output } from '../../kms/v1/Correction.ts';

export interface QueryUnderstanding {
  'text'?: (string);
  'terms'?: (_kms_v1_QueryTerm)[];
  'phrases'?: (string)[];
  'excluded'?: (string)[];
  'filter'?: (_kms_v1_Filter | null);
  'corrections'?: (_kms_v1_Correction)[];
}

export interface QueryUnderstanding__Output {
  'text': (string);
  'terms': (_kms_v1_QueryTerm__Output)[];
  'phrases': (string)[];
  'excluded': (string)[];
  'filter': (_kms_v1_Filter__Output | null);
  'corrections': (_kms_v1_Correction__Output)[];
}
