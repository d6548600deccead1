#!/usr/bin/env bash
# What a container does: `web` and `worker` run until they are stopped, `migrate` ends when the database and the
# knowledge are up to date; anything else is a manage.py command (`prove`, `demo`, `shell` …).
set -euo pipefail

case "${1:-web}" in
  web)
    # The same flags as `manage.py serve`, for several processes (WEB_CONCURRENCY). Loopback unless UVICORN_HOST
    # says otherwise, as it does in the image. nginx writes the access log.
    exec uvicorn backend.config.asgi:application --port "${PORT:-8000}" \
      --workers "${WEB_CONCURRENCY:-1}" --ws websockets-sansio --ws-max-size 65536 \
      --no-proxy-headers --no-server-header --no-access-log --timeout-graceful-shutdown 20
    ;;
  worker)
    # The outbox and the scheduled jobs. As many containers as there is work for.
    exec python manage.py worker
    ;;
  migrate)
    python manage.py migrate --noinput
    python manage.py build_knowledge
    case "${DEMO:-0}" in 1 | true | True | yes | on) python manage.py demo ;; esac
    ;;
  *)
    exec python manage.py "$@"
    ;;
esac
