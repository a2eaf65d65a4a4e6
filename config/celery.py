"""The Celery application: wake-ups only, see config/kit/README.md."""

import os

from celery import Celery
from celery.schedules import crontab
from django import setup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("clientela")
app.config_from_object("django.conf:settings", namespace="CELERY")
setup()
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "outbox": {"task": "kit.dispatch_outbox", "schedule": 1.0, "options": {"expires": 5}},
    "jobs": {
        "task": "kit.run_jobs",
        "schedule": 2.0,
        "kwargs": {"queue": "jobs"},
        "options": {"queue": "jobs", "expires": 5},
    },
    "tidy": {"task": "kit.tidy_up", "schedule": 600.0, "options": {"expires": 300}},
    "invariants": {
        "task": "kit.check_invariants",
        "schedule": crontab(hour="4", minute="15"),
        "options": {"expires": 3600},
    },
    "webhooks": {"task": "api.send_webhooks", "schedule": 2.0, "options": {"expires": 2}},
    "answers to programs": {
        "task": "api.tidy_up",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "daily-counts": {
        "task": "kit.gather_daily_counts",
        "schedule": 120.0,
        "options": {"expires": 100},
    },
    "partitions": {
        "task": "customers.make_partitions",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "consent-seals": {
        "task": "customers.seal_consents",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "reactivations": {
        "task": "customers.reactivate_due",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "imports": {
        "task": "customers.tidy_imports",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "duplicates": {
        "task": "customers.find_duplicates",
        "schedule": 21_600.0,
        "options": {"expires": 3600},
    },
    "categories": {
        "task": "customers.follow_categories",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "bulk actions": {
        "task": "customers.forget_bulk_runs",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "statistics": {
        "task": "customers.count_statistics",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    "retention": {"task": "customers.let_go", "schedule": 3600.0, "options": {"expires": 600}},
    "requests": {
        "task": "customers.watch_requests",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "erasures": {"task": "customers.erase_due", "schedule": 300.0, "options": {"expires": 290}},
    "moves": {"task": "customers.move_emails", "schedule": 60.0, "options": {"expires": 50}},
    "merges": {"task": "customers.follow_merges", "schedule": 60.0, "options": {"expires": 50}},
    "log-ins": {
        "task": "customers.tidy_log_ins",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "receipts of programs": {
        "task": "customers.forget_receipts",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "targets": {"task": "targets.refresh_due", "schedule": 60.0, "options": {"expires": 50}},
    "audit of targets": {
        "task": "targets.audit",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    "upkeep": {
        "task": "targets.upkeep",
        "schedule": 1.0,
        "options": {"queue": "upkeep", "expires": 2},
    },
    "campaigns": {"task": "messaging.start_due", "schedule": 5.0, "options": {"expires": 5}},
    "counts": {"task": "messaging.gather_counts", "schedule": 5.0, "options": {"expires": 5}},
    "transactional": {
        "task": "messaging.send_transactional",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "sending": {
        "task": "messaging.send",
        "schedule": 2.0,
        "options": {"queue": "sending", "expires": 2},
    },
}
