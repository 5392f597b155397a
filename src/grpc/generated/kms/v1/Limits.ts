// Original file: proto/kms/v1/admin_service.proto


export interface Limits {
  'messageBytesMax'?: (number);
  'documentsPerMessageMax'?: (number);
  'idBytesMax'?: (number);
  'collectionCharactersMax'?: (number);
  'titleBytesMax'?: (number);
  'bodyBytesMax'?: (number);
  'attributesMax'?: (number);
  'attributeNameBytesMax'?: (number);
  'attributeValueBytesMax'?: (number);
  'attributeListMax'?: (number);
  'queryBytesMax'?: (number);
  'searchLimitMax'?: (number);
  'searchLimitDefault'?: (number);
  'queriesPerBatchMax'?: (number);
  'collectionsPerSearchMax'?: (number);
  'pageSizeMax'?: (number);
  'pageSizeDefault'?: (number);
  'efMax'?: (number);
  'hitsPerBatchMax'?: (number);
  'requestIdBytesMax'?: (number);
  'engineIdBytesMax'?: (number);
  'sourceNameBytesMax'?: (number);
  'deadLetterIdsMax'?: (number);
  'filterDepthMax'?: (number);
  'filterConditionsMax'?: (number);
  'filterValuesMax'?: (number);
  'facetsMax'?: (number);
  'facetValuesMax'?: (number);
  'facetValuesDefault'?: (number);
  'boostsMax'?: (number);
  'examplesMax'?: (number);
  'reportRowsMax'?: (number);
  'reportRowsDefault'?: (number);
}

export interface Limits__Output {
  'messageBytesMax': (number);
  'documentsPerMessageMax': (number);
  'idBytesMax': (number);
  'collectionCharactersMax': (number);
  'titleBytesMax': (number);
  'bodyBytesMax': (number);
  'attributesMax': (number);
  'attributeNameBytesMax': (number);
  'attributeValueBytesMax': (number);
  'attributeListMax': (number);
  'queryBytesMax': (number);
  'searchLimitMax': (number);
  'searchLimitDefault': (number);
  'queriesPerBatchMax': (number);
  'collectionsPerSearchMax': (number);
  'pageSizeMax': (number);
  'pageSizeDefault': (number);
  'efMax': (number);
  'hitsPerBatchMax': (number);
  'requestIdBytesMax': (number);
  'engineIdBytesMax': (number);
  'sourceNameBytesMax': (number);
  'deadLetterIdsMax': (number);
  'filterDepthMax': (number);
  'filterConditionsMax': (number);
  'filterValuesMax': (number);
  'facetsMax': (number);
  'facetValuesMax': (number);
  'facetValuesDefault': (number);
  'boostsMax': (number);
  'examplesMax': (number);
  'reportRowsMax': (number);
  'reportRowsDefault': (number);
}
