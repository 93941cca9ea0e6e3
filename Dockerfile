# docs/operations.md says how to build and run it.
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev && chmod +x dist/src/cli/bin.js

FROM node:24-slim
COPY --from=build /build/package.json /build/LICENSE /opt/chatserv/
COPY --from=build /build/node_modules /opt/chatserv/node_modules
COPY --from=build /build/dist /opt/chatserv/dist
COPY --from=build /build/plugins /opt/chatserv/plugins
COPY --from=build /build/templates /opt/chatserv/templates
COPY --from=build /build/docs /opt/chatserv/docs
COPY --from=build /build/packaging/docker/chatserv.config.json /srv/chatserv/
RUN ln -s /opt/chatserv/dist/src/cli/bin.js /usr/local/bin/chatserv \
 && install --directory --owner=node --group=node --mode=700 /srv/chatserv/data
USER node
WORKDIR /srv/chatserv
VOLUME /srv/chatserv/data
EXPOSE 4119 4180
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["chatserv", "health"]
ENTRYPOINT ["chatserv"]
