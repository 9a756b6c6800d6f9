# The files that pages take from npm.
FROM node:24-slim AS vendor
WORKDIR /portal
COPY bootstrap package.json package-lock.json ./
RUN ./bootstrap vendor

# The Python packages, in a folder that can be copied as it is.
FROM python:3.13-slim AS packages
COPY requirements/uv.txt requirements/production.txt /requirements/
RUN python -m venv /venv \
 && pip install --no-cache-dir --require-hashes -r /requirements/uv.txt \
 && uv pip install --no-cache --python /venv/bin/python --require-hashes --compile-bytecode -r /requirements/production.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --no-create-home portal
WORKDIR /portal
COPY --from=packages /venv /venv
COPY . .
COPY --from=vendor /portal/assets/vendor assets/vendor
# Collecting needs settings, and no service: these values are in no process that serves.
RUN SECRET_KEY=only-for-collecting-static-files-no-secret PORTAL_URL=http://build \
    DATABASE_URL=postgres://build/build REDIS_URL=redis://build python manage.py collectstatic --no-input
USER portal
EXPOSE 8000
# --start-period: the worker and beat, whose state /healthz tells too, may come up later than web
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=5)"]
CMD ["gunicorn", "msp_portal.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload", "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "140", "--no-control-socket"]
