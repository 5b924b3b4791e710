# Web assets: GraphiQL, built from web/ into ohms_graphql/static/graphiql/.
FROM node:24-bookworm-slim AS web
WORKDIR /build/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY web/ ./
RUN npm run build

# The virtual environment that the last stage takes over whole. Everything comes with a hash, and nothing is compiled.
FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ONLY_BINARY=:all: \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements/production.lock deploy/build.lock ./locks/
RUN python -m venv --without-pip /opt/ohms \
    && pip --python /opt/ohms/bin/python install --require-hashes --requirement locks/production.lock \
    && pip install --require-hashes --requirement locks/build.lock
COPY pyproject.toml README.md ./
COPY models/ models/
COPY resolvers/ resolvers/
COPY schema/ schema/
COPY ohms_graphql/ ohms_graphql/
COPY --from=web /build/ohms_graphql/static/ ohms_graphql/static/
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && pip --python /opt/ohms/bin/python install --no-deps --no-index dist/*.whl

FROM python:3.13-slim-bookworm
LABEL org.opencontainers.image.title="OHMS" \
      org.opencontainers.image.description="Online Healthcare Management System: a GraphQL API for clinics, on MongoDB"
# The image's own pip is of no use to a server, and of some to an intruder.
RUN pip uninstall --yes --root-user-action=ignore pip \
    && groupadd --gid 10001 ohms \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ohms
COPY --from=build /opt/ohms/ /opt/ohms/
ENV PATH=/opt/ohms/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    OHMS_ENVIRONMENT=production \
    OHMS_HOST=0.0.0.0 \
    OHMS_PORT=8000
WORKDIR /srv
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
# Is the process alive? Whether its database answers, which a restart does not cure, is told by /readyz. No proxy for 127.0.0.1.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:' + os.environ['OHMS_PORT'] + '/healthz', timeout=4)"]
# One process to a container: more containers for more load. OHMS_MONGODB_URL and OHMS_SECRET_KEY come from outside.
ENTRYPOINT ["ohms"]
CMD ["serve"]
