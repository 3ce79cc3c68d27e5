FROM python:3.13-slim
WORKDIR /srv/backpoints
# requirements-s3.txt when uploads are kept in a bucket, requirements-sentry.txt with SENTRY_DSN.
ARG REQUIREMENTS=requirements.txt
COPY requirements.txt requirements-s3.txt requirements-sentry.txt ./
RUN pip install --no-cache-dir --require-hashes -r "$REQUIREMENTS"
COPY . .
# The key is for this step only: none may stay in the image.
RUN SECRET_KEY=build DATA_DIR=/tmp/build python manage.py collectstatic --noinput --verbosity 0 \
    && useradd --system --create-home backpoints \
    && install -d -o backpoints /data
USER backpoints
ENV LISTEN=0.0.0.0 DATA_DIR=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --start-period=60s CMD ["python", "-c", \
    "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz\", timeout=5)"]
CMD ["python", "-m", "backpain_site.start"]
