// gRPC reflection (v1 and v1alpha), so that a foreign tool needs nothing but the address.

import { ReflectionService } from '@grpc/reflection';
import protobuf from 'protobufjs';
import { descriptorSetBase64 } from './generated/descriptor-set.ts';

/** FileDescriptorSet.file. */
const fileField = 1;

/** The library takes descriptors out of a proto-loader package; this is one that holds the compiler's instead. */
export function reflectionService(): ReflectionService {
  const reader = protobuf.Reader.create(Buffer.from(descriptorSetBase64, 'base64'));
  const fileDescriptorProtos: Buffer[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === fileField) fileDescriptorProtos.push(Buffer.from(reader.bytes()));
    else reader.skipType(tag & 7);
  }
  const format = 'Protocol Buffer 3 EnumDescriptorProto';
  return new ReflectionService({ 'kms.v1': { format, type: {}, fileDescriptorProtos } });
}
