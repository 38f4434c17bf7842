# Outpost in a container: built in one stage, run in another that has nothing to build with.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No script of a package is run: what is needed comes with the packages themselves.
RUN npm ci --ignore-scripts
COPY index.html vite.config.ts tsconfig.json tsconfig.base.json ./
COPY public public
COPY protocol protocol
COPY forms forms
COPY src src
COPY sw sw
RUN node_modules/.bin/vite build --logLevel warn && npm prune --omit=dev --ignore-scripts

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/build/app build/app
COPY protocol protocol
COPY forms forms
COPY server server
# Only what is stored belongs to the user that it runs as.
RUN install -d -m 0700 -o node -g node /data
USER node
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:8080/api/v1/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "server/cli/main.ts"]
CMD ["start"]
