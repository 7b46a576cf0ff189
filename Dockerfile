# Keepwarm in one container: Socket Mode when SLACK_APP_TOKEN is set, else HTTP on port 3000.
#
#   docker build -t keepwarm .
#   docker run --env-file .env -v keepwarm:/data -p 127.0.0.1:3000:3000 keepwarm
#
# Without DATABASE_URL the ledger is the SQLite file /data/keepwarm.db: keep the volume.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock

COPY bot bot
COPY handlers handlers
COPY storage storage
COPY templates templates
RUN python -m compileall -q bot handlers storage \
    && useradd --system --uid 10001 --home-dir /data --create-home keepwarm

# Slack's requests come from outside the container; the health pages are on the same port in both modes.
ENV DATABASE_URL=sqlite:////data/keepwarm.db \
    KEEPWARM_HOST=0.0.0.0 \
    KEEPWARM_PORT=3000
USER keepwarm
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['KEEPWARM_PORT'] + '/healthz', timeout=4)"]

# Brings the database to this schema, then becomes the bot, so that signals reach it.
CMD ["sh", "-c", "python -m bot migrate && exec python -m bot run"]
