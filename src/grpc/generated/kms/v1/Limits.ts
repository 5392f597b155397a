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
}
