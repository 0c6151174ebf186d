# synack in a container, which is a network namespace of its own and so a lab of its own:
#
#   docker build -t synack .
#   docker run --rm --cap-add NET_ADMIN --device /dev/net/tun synack                  the demonstration
#   docker run --rm -it --cap-add NET_ADMIN --device /dev/net/tun synack --help       any other command
#
# It runs as root, and needs no --privileged. What each link takes (Docker gives NET_RAW by default; with --cap-drop ALL,
# Podman or Kubernetes it must be asked for):
#
#   tap:, tun:      --cap-add NET_ADMIN --device /dev/net/tun
#   raw:eth0        --cap-add NET_ADMIN --cap-add NET_RAW       NET_ADMIN for its table of nftables, in the container's namespace
#   pcap:eth0       --cap-add NET_RAW                           an address of the bridge's network that Docker gives to nobody else
#   udp:, ws:       nothing; `-p 4789:4789/udp` for who comes from outside
#
# With `--network host` the devices are the host's own: a TAP appears there, and the table of `raw:` stands among the host's
# rules. `docker stop` sends SIGTERM, upon which synack takes away what it made. After `docker kill` the table stays, and the
# next synack clears it only where it can see that its owner is gone: with `--pid host`. Without, remove it by hand, or the
# ports in it count as taken: `nft list tables`, `nft delete table inet synack_raw_…`.

FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY scripts scripts
COPY native native
RUN scripts/setup.sh run
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY web web
# The optional packages (cap, raw-socket) stay, with what setup.sh has compiled of them; without one of them the image is not made.
RUN npx tsc -p tsconfig.build.json && node scripts/build-web.mjs && npm prune --omit=dev --no-audit --no-fund --loglevel=error \
  && node -e "require('cap'); require('raw-socket'); require('node-gyp-build')('native')"

FROM node:20-bookworm-slim
RUN apt-get update -qq \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    iproute2 iputils-ping libpcap0.8 ncat netcat-openbsd nftables >/dev/null \
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
