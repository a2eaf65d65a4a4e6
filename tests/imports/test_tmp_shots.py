import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import sync_playwright

from config.kit.jobs.services import jobs_run_due
from customers.models import *
from tests.imports.conftest import *
from tests.imports.test_screens import answers

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.mark.django_db(transaction=True)
def test_shots(live_server, ana, ana_client, settings):
    ana.language = "es"
    ana.save()
    settings.SITE_LANGUAGE = "es"
    whole = (EXPORTS / "erp_clientes_windows.csv").read_bytes()
    some = whole.split(b"\r\n")
    first = b"\r\n".join(some[:700]) + b"\r\n"
    b = apply(stage(configure(upload(first, "erp.csv"))))
    changed = (
        whole.replace(b"Coelemu", b"Villarrica")
        .replace(b"Lota", b"Ancud")
        .replace(b"13.522.649-1", b"13.522.649-2")
    )
    ana_client.post(
        reverse("imports:upload"),
        {"file": SimpleUploadedFile("clientes_erp_noviembre.csv", changed)},
    )
    b = ImportBatch.objects.latest("pk")

    def url(n):
        return live_server.url + reverse("imports:" + n, args=[b.public_id])

    with sync_playwright() as p:
        br = p.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking"],
        )

        def shot(name, u, w, h, dark=False, full=False):
            c = br.new_context(viewport={"width": w, "height": h})
            cookies = [
                {
                    "name": k,
                    "value": v.value,
                    "url": live_server.url + ("/backoffice/" if k == "clientela_staff" else "/"),
                }
                for k, v in ana_client.cookies.items()
                if k != "language"
            ]
            cookies += [{"name": "language", "value": "es", "url": live_server.url}]
            if dark:
                cookies.append({"name": "theme", "value": "dark", "url": live_server.url})
            c.add_cookies(cookies)
            pg = c.new_page()
            errs = []
            pg.on("console", lambda m: errs.append(m.text) if m.type == "error" else None)
            pg.goto(u)
            pg.wait_for_timeout(400)
            pg.screenshot(path=f"/tmp/impx_{name}.png", full_page=full)
            print(name, errs, pg.evaluate("document.documentElement.scrollWidth"))
            c.close()

        shot("upload", live_server.url + reverse("imports:upload"), 1280, 800)
        shot("columns", url("columns"), 1280, 900)
        shot("columns390", url("columns"), 390, 900, full=False)
        a = answers(b)
        a["tag"] = "ERP nov 2026"
        r = ana_client.post(reverse("imports:columns", args=[b.public_id]), a)
        assert r.status_code == 302
        shot("waiting", url("detail"), 1280, 700)
        jobs_run_due(queue="jobs")
        shot("review", url("detail"), 1440, 900)
        shot("review_dark", url("detail") + "?show=update", 1280, 800, dark=True)
        shot("review390", url("detail"), 390, 1200)
        ana_client.post(reverse("imports:apply", args=[b.public_id]))
        jobs_run_due(queue="jobs")
        shot("done", url("detail"), 1280, 700)
        shot("list", live_server.url + reverse("imports:list"), 1280, 600)
        shot("export", live_server.url + reverse("imports:export"), 1280, 600)
