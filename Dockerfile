# One image for web, workers and beat; docker-compose.yml says which is which.
FROM python:3.13-slim-bookworm
ENV PYTHONUNBUFFERED=1 UV_COMPILE_BYTECODE=1 ENVIRONMENT=production VAR_DIR=/var/lib/clientela
RUN useradd --system --uid 10001 --home-dir /app clientela \
    && install -d -o clientela -g clientela /app /var/lib/clientela
WORKDIR /app
# The dependencies first: they change less often than the code.
COPY --chown=clientela manage.py requirements.lock requirements-uv.lock ./
COPY --chown=clientela config/__init__.py config/bootstrap.py config/
USER clientela
RUN python -c "from config import bootstrap; bootstrap.set_up([bootstrap.RUN_LOCK])"
COPY --chown=clientela . .
ENV PATH=/app/.venv/bin:$PATH
# What is made once here is not made again at each start: translations and bytecode.
RUN pybabel compile --directory config/locale --domain django \
    && python -m compileall -q config customers targets messaging
EXPOSE 8000
# Health is asked in docker-compose.yml: only the web service listens.
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--preload", \
     "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", \
     "--access-logfile", "-", "config.wsgi:application"]
