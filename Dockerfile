# The image of the GitHub Action: one static binary and the CA certificates, no shell, no git, no package manager.
# It needs no BuildKit. The compiler's image is named by digest; scratch is empty and has none.
ARG GO_IMAGE=golang:1.26.8-bookworm@sha256:a688600ca24f8a4d3ca77f95b0dd40704a9fc787c826660eb7ba0b641b8b175d
FROM ${GO_IMAGE} AS build
# Passed by those who build behind a module proxy of their own; unset otherwise.
ARG GOPROXY
ARG GONOSUMDB
ARG GOFLAGS
ENV CGO_ENABLED=0 GOTOOLCHAIN=local
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN make/lean.sh /out/middlebrick

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="middlebrick" \
      org.opencontainers.image.description="Finds check-then-act races in FastAPI projects" \
      org.opencontainers.image.source="https://github.com/middlebrick/middlebrick" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/middlebrick /middlebrick
# The runner mounts a workspace that another user owns; the program gives what it writes there to that user.
ENTRYPOINT ["/middlebrick", "action"]
