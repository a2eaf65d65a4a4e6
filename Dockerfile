# One image for web, workers and beat; docker-compose.yml says which is which.
FROM python:3.13-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ENVIRONMENT=production VAR_DIR=/var/lib/clientela
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
RUN pybabel compile --directory config/locale --domain django
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--preload", \
     "--workers", "2", "--threads", "4", "--access-logfile", "-", "config.wsgi:application"]
