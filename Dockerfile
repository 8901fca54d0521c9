# The emulator alone: one static binary, the CA roots it trusts, and a folder for its TLS certificates.
#
#   docker build -t emulator .
#   docker run --rm -p 127.0.0.1:7080:7080 emulator
#   docker run --rm -p 127.0.0.1:7080:7080 -v "$PWD:/workspace:ro" emulator serve /workspace
#
# The inspector and its API answer their own machine only, which nobody outside the container is: with
# -e EMULATOR_ALLOW_REMOTE_INSPECTOR=true they answer everybody who gets in.

# The compiler runs on the builder's own platform and cross-compiles: no emulated processor for another architecture.
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src

# Dependencies change less often than code: this layer is kept as long as these two files are.
COPY go.mod go.sum ./
RUN go mod download

COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=dev
RUN --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /out/emulator ./cmd/emulator \
 && mkdir /out/state

FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="flowgate emulator" \
      org.opencontainers.image.description="A local server that stands where the HTTP-request trigger of Azure Logic Apps and Power Automate stands. For development and tests, never a production gateway." \
      org.opencontainers.image.version="$VERSION"

# Only for a workspace that trusts a key set on an https address.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/emulator /emulator
# Empty, and the user's own: scratch has no mkdir. A named volume mounted here starts with this owner.
COPY --from=build --chown=65532:65532 /out/state /state

# Numeric, so that a cluster's "must not run as root" check can read it.
USER 65532:65532

# Outside a container the emulator listens on loopback alone. In here loopback would be unreachable:
# which addresses of the host get in is said by the ports that are published. Tokens there are signed with a key that
# everybody has, so publish them on 127.0.0.1.
ENV EMULATOR_HTTP=0.0.0.0:7080 \
    EMULATOR_HTTPS=0.0.0.0:7443 \
    EMULATOR_ALLOW_PUBLIC_KEY=true \
    EMULATOR_STATE=/state
EXPOSE 7080 7443

HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["/emulator", "healthcheck"]

# No CMD: without arguments it serves the embedded workspace.
ENTRYPOINT ["/emulator"]
