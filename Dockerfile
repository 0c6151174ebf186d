# synack in a container, which is a network namespace of its own and so a lab of its own:
#
#   docker build -t synack .
#   docker run --rm --cap-add NET_ADMIN --device /dev/net/tun synack                  the demonstration
#   docker run --rm -it --cap-add NET_ADMIN --device /dev/net/tun synack --help       any other command
#
# It runs as root, because opening the TAP takes CAP_NET_ADMIN; it needs no --privileged.

FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY scripts scripts
COPY native native
RUN scripts/setup.sh run
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npx tsc -p tsconfig.build.json && npm prune --omit=dev --no-audit --no-fund --loglevel=error

FROM node:20-bookworm-slim
RUN apt-get update -qq \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    iproute2 iputils-ping ncat netcat-openbsd >/dev/null \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json ./
COPY bin bin
COPY scripts scripts
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/native/build/Release/synack.node native/build/Release/synack.node
COPY --from=build /app/dist dist
ENV SYNACK_IN_CONTAINER=1 SYNACK_SETUP=skip
ENTRYPOINT ["node", "/app/bin/synack.js"]
CMD ["demo"]
