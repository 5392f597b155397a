# Two stages: one with a C++ compiler that builds, and one without any tools that runs. The image holds Node, the built
# engine, its production dependencies (the embedding model is one of them: nothing is downloaded at run time) and the protos.

FROM node:20-bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/kms-engine
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
# The addons run on every processor of the platform, and choose their kernels where they are started.
RUN npm run build \
 && npm prune --omit=dev \
 && rm -rf node_modules/onnxruntime-node/bin/napi-v3/darwin node_modules/onnxruntime-node/bin/napi-v3/win32

FROM node:20-bookworm-slim
ENV NODE_ENV=production \
    KMS_GRPC_ADDRESS=0.0.0.0:50051 \
    KMS_HTTP_ADDRESS=0.0.0.0:9464 \
    KMS_DATA_DIR=/var/lib/kms
WORKDIR /opt/kms-engine
COPY --from=build /opt/kms-engine/node_modules node_modules
COPY --from=build /opt/kms-engine/dist dist
COPY proto proto
COPY package.json LICENSE THIRD-PARTY.md ./
RUN ln -s /opt/kms-engine/dist/main.js /usr/local/bin/kms \
 && chmod +x dist/main.js \
 && install -d -o node -g node /var/lib/kms
# Numeric, so that Kubernetes can see that it is not root.
USER 1000:1000
VOLUME /var/lib/kms
EXPOSE 50051 9464
# Give the container more time to stop than KMS_SHUTDOWN_TIMEOUT_MS (30 s): `docker stop --time 45`.
STOPSIGNAL SIGTERM
# Ready only when the change log is replayed: a large index after a crash may need longer than the start period.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node is process 1 and handles SIGTERM itself; it starts no processes, so there is nothing for an init to reap.
ENTRYPOINT ["node", "/opt/kms-engine/dist/main.js"]
CMD ["serve"]
