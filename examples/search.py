#!/usr/bin/env python3
"""A Python client from the protos alone; they are compiled at run time, so there is no generated code to keep.

Needs grpcio and grpcio-tools (Debian: python3-grpcio python3-grpc-tools; or: pip install grpcio grpcio-tools).
Usage: python3 examples/search.py [--address HOST:PORT] TEXT
"""

import argparse
import os
import pathlib
import subprocess
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

protos = pathlib.Path(__file__).resolve().parent.parent / "proto"
compiler = [sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={protos}", "--include_imports"]
compiled = subprocess.run(
    [*compiler, "--descriptor_set_out=/dev/stdout", "kms/v1/search_service.proto"], stdout=subprocess.PIPE, check=True
).stdout
pool = descriptor_pool.DescriptorPool()
for file in descriptor_pb2.FileDescriptorSet.FromString(compiled).file:
    pool.Add(file)
# protobuf before 4.22 has no GetMessageClass, and after 4 no MessageFactory.
class_of = getattr(message_factory, "GetMessageClass", None) or message_factory.MessageFactory(pool).GetPrototype
SearchRequest, SearchResponse = (
    class_of(pool.FindMessageTypeByName(f"kms.v1.{name}")) for name in ("SearchRequest", "SearchResponse")
)

parser = argparse.ArgumentParser(description="Search a running kms engine.")
parser.add_argument("--address", default=os.environ.get("KMS_GRPC_ADDRESS", "127.0.0.1:50051"))
parser.add_argument("text", nargs="+")
options = parser.parse_args()

with grpc.insecure_channel(options.address) as channel:
    search = channel.unary_unary(
        "/kms.v1.SearchService/Search",
        request_serializer=SearchRequest.SerializeToString,
        response_deserializer=SearchResponse.FromString,
    )
    try:
        reply = search(SearchRequest(text=" ".join(options.text), limit=5, omit_body=True), timeout=10)
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")
    for hit in reply.hits:
        print(f"{hit.cosine:.3f} {hit.document.id} {hit.document.title}")
