# The same commands as on any machine: `make static`, `make install`, `normscope serve`.
FROM node:22-slim AS frontend
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY Makefile ./
COPY frontend frontend
RUN make static

FROM python:3.11-slim AS runtime
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 1000 normscope && mkdir -p /app /data && chown 1000:1000 /app /data
WORKDIR /app
USER 1000
# Where a CPU-only wheel of PyTorch lies (a folder or an address): pass --build-arg PIP_FIND_LINKS=...
ARG PIP_FIND_LINKS=
COPY --chown=1000:1000 Makefile pyproject.toml constraints.txt README.md LICENSE ./
COPY --chown=1000:1000 backend backend
RUN make install
COPY --from=frontend --chown=1000:1000 /app/backend/normscope/server/static backend/normscope/server/static
ENV NORMSCOPE_HOST=0.0.0.0 NORMSCOPE_DATA_DIR=/data NORMSCOPE_DATASETS_DIR=/data/datasets
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD [".venv/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/api/health/ready', timeout=4)"]
CMD [".venv/bin/normscope", "serve"]
