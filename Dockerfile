# Targets: `api` (the last, so the default), `worker`, and `demo`, the shop that `npm start` plays.
# docs/deploy.md says how to build and run them; `npm run test:image` tries all of it without Docker.

# The Node release with long-term support, on Debian slim: Temporal's native library needs glibc.
# The digest belongs here where there is one: NODE_IMAGE=node:24.21.0-trixie-slim@sha256:…
ARG NODE_IMAGE=node:24.21.0-trixie-slim

FROM ${NODE_IMAGE} AS base
# Temporal's native library wants the certificates even where there is no TLS; tini reaps and passes
# signals on, also where nobody said `--init`.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates tini \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json .npmrc ./
# No package runs code of its own here.
RUN --mount=type=cache,target=/root/.npm npm ci --include=dev --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm run bundle \
  && rm dist/.tsbuildinfo && chmod 0755 dist/cli.js
# What runs: production packages, and of Temporal's native libraries the one for this system.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
    ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} + \
  && rm -r node_modules/@temporalio/core-bridge/sdk-core
# The API and the command line run no workflows, so they do without the worker's packages.
RUN --mount=type=cache,target=/root/.npm mkdir /api \
  && cp -R package.json package-lock.json .npmrc node_modules /api/ && cd /api \
  && npm uninstall --no-save --omit=dev --ignore-scripts @temporalio/worker

FROM base AS demo
LABEL org.opencontainers.image.title="Topolog demo shop" \
  org.opencontainers.image.description="Service-graph metrics of a shop that does not exist" \
  org.opencontainers.image.licenses="Apache-2.0"
COPY dev/demo dev/demo
ENV DEMO_PORT=9464
USER 1000:1000
EXPOSE 9464
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.DEMO_PORT}/metrics`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["node", "dev/demo/exporter.mjs", "--host", "0.0.0.0"]

FROM base AS worker
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Topolog worker" \
  org.opencontainers.image.description="Reads service-graph metrics as durable workflows" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
COPY package.json LICENSE ./
COPY cypher cypher
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
RUN ln -s /app/dist/cli.js /usr/local/bin/topolog
ENV HOST=0.0.0.0 WORKER_PORT=8001
USER 1000:1000
EXPOSE 8001
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.WORKER_PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["node", "--enable-source-maps", "dist/worker.js"]

FROM base AS api
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Topolog API" \
  org.opencontainers.image.description="Answers who depends on whom, since when, and how fresh that is" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
COPY package.json LICENSE ./
COPY cypher cypher
COPY --from=build /api/node_modules node_modules
COPY --from=build /app/dist dist
RUN ln -s /app/dist/cli.js /usr/local/bin/topolog
ENV HOST=0.0.0.0 PORT=8000
USER 1000:1000
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/v1/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["node", "--enable-source-maps", "dist/server.js"]
