# The image of Svar. Build it with `docker build -t svar .` or `podman build -t svar .`
# Behind a proxy or a local certificate authority, give the build its settings from
# outside (proxy variables, a mounted CA bundle): none of them belongs in the image.
ARG BASE=docker.io/library/python:3.13-slim

FROM ${BASE} AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv --without-pip /opt/svar
# Dependencies first: an edit of the program does not install them again.
COPY requirements.lock ./
RUN python -m pip --python /opt/svar install \
      --require-hashes --only-binary :all: --compile -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY rules/ rules/
COPY config/ config/
COPY monitor/ monitor/
RUN python -m pip wheel --no-deps --wheel-dir /dist . \
 && python -m pip --python /opt/svar install --no-deps --no-index --compile /dist/*.whl

FROM ${BASE}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Svar" \
      org.opencontainers.image.description="Watches a recruiting database and makes sure that no candidate is left without an answer." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/svar \
      --shell /usr/sbin/nologin svar \
 && install -d -o svar -g svar -m 0750 /var/lib/svar \
 && install -d -m 0755 /etc/svar
COPY --from=builder /opt/svar /opt/svar
# Inside a container only the wildcard address can be reached from outside.
ENV PATH=/opt/svar/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SVAR_METRICS__LISTEN=0.0.0.0:9464
USER 10001:10001
WORKDIR /var/lib/svar
VOLUME ["/var/lib/svar"]
EXPOSE 9464
# http.client and not urllib: a proxy variable must not send this to a proxy.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-I", "-c", "import http.client as h, sys; c = h.HTTPConnection('127.0.0.1', 9464, timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["svar"]
CMD ["run", "--config", "/etc/svar/config/svar.yaml"]
