# uv installs what the lock names; the last stage keeps only the result and runs as an ordinary user.
FROM python:3.11-slim AS build
RUN pip install --no-cache-dir uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-default-groups
COPY . .
# Collecting needs the production storage (names with a digest) and no service; these values stay in this line.
RUN PRODUCTION=1 SECRET_KEY=unused ALLOWED_HOSTS=unused PORTAL_BASE_URL=https://unused \
    DATABASE_URL=postgres://unused@unused/unused REDIS_URL=redis://unused EMAIL_URL=consolemail:// \
    .venv/bin/python manage.py collectstatic --noinput

# The free fonts of official papers, out of a package of which nothing else is wanted.
FROM python:3.11-slim AS fonts
RUN apt-get update -qq && cd /tmp && apt-get download -qq texlive-lang-chinese && mkdir /fandol \
    && dpkg-deb --fsys-tarfile texlive-lang-chinese_*.deb \
    | tar -x -C /fandol --wildcards --strip-components=9 '*/fandol/Fandol[FHKS]*.otf'

FROM python:3.11-slim
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends \
    fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 && rm -rf /var/lib/apt/lists/*
COPY --from=fonts /fandol /usr/local/share/fonts/fandol
RUN useradd --system --uid 10001 --home-dir /data portal && install -d -o portal -g portal /data
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PRODUCTION=1 PORTAL_DATA_DIR=/data
USER portal
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "6", "--backlog", "4096", "--backpressure", "4096", "--no-ws", "--respawn-failed-workers", "taian_factors.wsgi:application"]
