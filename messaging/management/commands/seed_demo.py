"""``manage.py seed_demo``: the small company that ``up`` shows at its first start."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from messaging.demo import demo_make


class Command(BaseCommand):
    help = "Write the demo company: 2,000 customers, 5 targets, 4 campaigns."

    def handle(self, **options: Any) -> None:
        self.stdout.write(json.dumps(demo_make()))
