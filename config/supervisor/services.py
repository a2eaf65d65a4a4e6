"""The processes of a running Clientela, web first."""

import signal
import sys
from pathlib import Path

from config.supervisor.children import Service

# A cold stop for workers: their work stands in PostgreSQL and goes on at the next start.
WORKER_STOP = ((signal.SIGTERM, 3.0), (signal.SIGQUIT, 3.0))
# Workers of one machine in development may run as root: nothing they read comes pickled.
AS_ROOT = "ignore:You're running the worker with superuser"
WEB_WORKERS = 2
WEB_THREADS = 4


def web(host: str, port: int) -> Service:
    options = ("--bind", f"{host}:{port}", "--worker-class", "gthread", "--preload")
    sizes = ("--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS))
    quiet = ("--log-level", "warning", "--graceful-timeout", "5", "--timeout", "120")
    return Service(
        "web",
        (sys.executable, "-m", "gunicorn", *options, *sizes, *quiet, "config.wsgi:application"),
    )


def background(run: Path) -> list[Service]:
    """Workers and beat; ``run`` is where beat keeps its clock."""
    return [
        worker("jobs", "default,jobs", ("--concurrency", "2")),
        worker("upkeep", "upkeep", ("--concurrency", "1")),
        worker("sending", "sending", ("--concurrency", "1")),
        Service(
            "beat",
            (*celery(), "beat", "--loglevel", "WARNING", "--schedule", str(run / "beat")),
            nice=5,
        ),
    ]


def worker(name: str, queues: str, size: tuple[str, ...]) -> Service:
    """Below the web in rank, so that pages stay quick while work is done."""
    quiet = ("--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat")
    command = (*celery(), "worker", "--queues", queues, "--hostname", f"{name}@%h", *size, *quiet)
    return Service(name, command, WORKER_STOP, nice=5)


def celery() -> tuple[str, ...]:
    return (sys.executable, "-W", AS_ROOT, "-m", "celery", "--quiet", "--app", "config.celery:app")
