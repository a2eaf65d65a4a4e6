"""One sender in a process of its own: ``python -m messaging.benchmarks.sender`` prints JSON."""

import json
import resource
import time

import django

if __name__ == "__main__":
    django.setup()
    from messaging.sending.sender import send_until_idle

    started = time.perf_counter()
    report = send_until_idle()
    found = {
        "handed_over": report.handed_over,
        "seconds": time.perf_counter() - started,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "trouble": report.trouble,
    }
    print(json.dumps(found))  # noqa: T201
