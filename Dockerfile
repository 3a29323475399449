# syntax=docker/dockerfile:1
FROM node:20-bookworm-slim AS build
# better-sqlite3 is compiled where no prebuilt binary can be fetched
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 make g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# the sources are not here yet, so the build that `prepare` would run comes after them
RUN npm pkg delete scripts.prepare && npm ci
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY migrations migrations
COPY seeds seeds
COPY src src
RUN npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim AS runtime
ENV NODE_ENV=production \
    HERALD_DATA_DIR=/data \
    PORT=3000
WORKDIR /app
# the code belongs to root and is only read; what Herald writes goes to /data and, while it starts, to /tmp
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
RUN chmod +x dist/src/cli/main.js && ln -s /app/dist/src/cli/main.js /usr/local/bin/herald
RUN install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# node is process 1: it handles SIGTERM itself and starts no children that outlive their work
STOPSIGNAL SIGTERM
CMD ["node", "dist/src/main.js"]
