"""Home, jobs, tray, search, language and theme; and what every page of the back office carries."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from config.kit import clock
from config.kit.models import Job, JobError, JobFile
from customers.models import User

pytestmark = pytest.mark.django_db
HOME = "/backoffice/"
JOBS = "/backoffice/jobs/"


def make_job(user: User | None, **values: object) -> Job:
    return Job.objects.create(**{"kind": "x", "title": "Importing", "requested_by": user, **values})


def make_file(job: Job, text: str, **values: object) -> JobFile:
    path = Path(django_settings.FILES_DIR) / "result.csv"
    path.write_text(text)
    return JobFile.objects.create(
        **{
            "job": job,
            "name": "clientes.csv",
            "path": "result.csv",
            "content_type": "text/csv",
            "expires_at": clock.now() + timedelta(hours=1),
            **values,
        }
    )


class TestEveryPage:
    def test_the_policy_forbids_everything_inline(self, ana_client: Client):
        policy = ana_client.get(HOME)["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
        assert "style-src 'self'" in policy

    def test_a_page_has_no_inline_script_or_style(self, ana_client: Client):
        html = ana_client.get(HOME).content.decode()
        assert " style=" not in html
        assert "<style" not in html
        assert [part for part in html.split("<script")[1:] if " src=" not in part[:90]] == []

    def test_htmx_may_not_evaluate(self, ana_client: Client):
        html = ana_client.get(HOME).content.decode()
        assert '"allowEval":false' in html
        assert '"historyCacheSize":0' in html
        assert '"includeIndicatorStyles":false' in html

    def test_there_is_one_live_region_and_a_way_past_the_menu(self, ana_client: Client):
        html = ana_client.get(HOME).content.decode()
        assert html.count('aria-live="polite"') == 1
        assert '<a class="skip-link" href="#main">' in html
        assert '<main id="main"' in html

    def test_the_pages_stay_out_of_caches(self, ana_client: Client):
        assert "no-store" in ana_client.get(HOME)["Cache-Control"]

    @pytest.mark.parametrize(("cookie", "mark"), [("dark", 1), ("light", 1), ("pink", 0), ("", 0)])
    def test_the_theme_stands_on_the_page_before_it_is_painted(
        self, ana_client: Client, cookie: str, mark: int
    ):
        ana_client.cookies["theme"] = cookie
        html = ana_client.get(HOME).content.decode()
        assert html.split("<head>")[0].count(f'data-bs-theme="{cookie}"') == mark


class TestPreferences:
    def test_the_language_is_kept_with_the_log_in(self, ana_client: Client, ana: User):
        post = {"language": "en", "next": "/backoffice/jobs/"}
        answer = ana_client.post("/backoffice/language/", post)
        ana.refresh_from_db()
        assert (answer["Location"], ana.language) == ("/backoffice/jobs/", "en")
        assert answer.cookies["language"].value == "en"

    @pytest.mark.parametrize(
        "target", ["https://evil.example/", "//evil.example", "javascript:1", ""]
    )
    def test_nobody_is_sent_to_another_site(self, client: Client, target: str):
        answer = client.post("/preferences/language/", {"language": "en", "next": target})
        assert answer["Location"] == "/"

    def test_a_language_that_is_none_changes_nothing(self, client: Client):
        answer = client.post("/preferences/language/", {"language": "xx"})
        assert "language" not in answer.cookies

    def test_the_theme_follows_the_system_again(self, client: Client):
        client.cookies["theme"] = "dark"
        answer = client.post("/preferences/theme/", {"theme": "", "next": "/"})
        assert answer.cookies["theme"].value == ""


class TestJobs:
    def test_an_owner_sees_all_jobs_and_an_analyst_their_own(
        self, ana_client: Client, beto_client: Client, ana: User, beto: User
    ):
        make_job(ana, title="Of Ana")
        make_job(beto, title="Of Beto")
        seen = [client.get(JOBS).content.decode() for client in (ana_client, beto_client)]
        assert ["Of Ana" in html for html in seen] == [True, False]
        assert ["Of Beto" in html for html in seen] == [True, True]

    @pytest.mark.parametrize("part", ["", "cancel/", "retry/", "errors.csv"])
    def test_the_job_of_another_is_not_there(self, beto_client: Client, ana: User, part: str):
        job = make_job(ana)
        url = f"{JOBS}{job.public_id}/{part}"
        call = beto_client.post if part in ("cancel/", "retry/") else beto_client.get
        assert call(url).status_code == 404
        job.refresh_from_db()
        assert job.state == "queued"

    def test_a_running_job_shows_how_far_it_is_and_asks_again(self, ana_client: Client, ana: User):
        job = make_job(ana, state="running", done=27_640, total=44_581, started_at=clock.now())
        html = ana_client.get(f"{JOBS}{job.public_id}/").content.decode()
        assert "27,640 of 44,581" in html
        assert 'hx-trigger="every 2s"' in html.split('id="job"')[1].split(">")[0]

    def test_a_job_that_ended_asks_no_more(self, ana_client: Client, ana: User):
        job = make_job(ana, state="failed", failure="The file has no rows.")
        html = ana_client.get(f"{JOBS}{job.public_id}/").content.decode()
        assert "every 2s" not in html.split('id="job"')[1]
        assert "The file has no rows." in html

    def test_a_waiting_job_is_stopped(self, ana_client: Client, ana: User):
        job = make_job(ana)
        ana_client.post(f"{JOBS}{job.public_id}/cancel/")
        job.refresh_from_db()
        assert job.state == "cancelled"

    def test_a_job_that_ended_cannot_be_stopped(self, ana_client: Client, ana: User):
        job = make_job(ana, state="succeeded")
        answer = ana_client.post(f"{JOBS}{job.public_id}/cancel/", follow=True)
        job.refresh_from_db()
        assert "This job has already ended." in answer.content.decode()
        assert job.state == "succeeded"

    def test_a_failed_job_runs_again(self, ana_client: Client, ana: User):
        job = make_job(ana, state="failed")
        ana_client.post(f"{JOBS}{job.public_id}/retry/")
        job.refresh_from_db()
        assert job.state == "queued"

    def test_rows_with_errors_say_where_and_why(self, ana_client: Client, ana: User):
        job = make_job(ana, state="succeeded", error_count=2)
        for line in (4, 9):
            JobError.objects.create(job=job, line=line, column="RUT", reason="=1+1 is no RUT")
        html = ana_client.get(f"{JOBS}{job.public_id}/").content.decode()
        assert html.count('<td class="num">') == 2
        assert "=1+1 is no RUT" in html

    def test_downloaded_errors_hold_no_formula(self, ana_client: Client, ana: User):
        job = make_job(ana, error_count=1)
        JobError.objects.create(job=job, line=4, column="RUT", reason="=1+1")
        answer = ana_client.get(f"{JOBS}{job.public_id}/errors.csv")
        assert answer.getvalue().decode() == "Line,Column,Reason\r\n4,RUT,'=1+1\r\n"


class TestFiles:
    def test_a_result_is_downloaded_under_its_name(self, ana_client: Client, ana: User):
        job = make_job(ana, state="succeeded")
        file = make_file(job, "a,b\n")
        answer = ana_client.get(f"{JOBS}{job.public_id}/files/{file.public_id}/")
        assert answer.getvalue() == b"a,b\n"
        assert answer["Content-Disposition"] == 'attachment; filename="clientes.csv"'

    def test_its_link_ends(self, ana_client: Client, ana: User):
        job = make_job(ana, state="succeeded")
        file = make_file(job, "a,b\n", expires_at=clock.now() - timedelta(seconds=1))
        url = f"{JOBS}{job.public_id}/files/{file.public_id}/"
        html = ana_client.get(f"{JOBS}{job.public_id}/").content.decode()
        assert ana_client.get(url).status_code == 404
        assert url not in html

    def test_it_is_for_those_who_see_the_job(self, beto_client: Client, ana: User):
        job = make_job(ana, state="succeeded")
        file = make_file(job, "secret\n")
        answer = beto_client.get(f"{JOBS}{job.public_id}/files/{file.public_id}/")
        assert answer.status_code == 404


class TestTray:
    def test_it_asks_again_only_while_something_runs(self, ana_client: Client, ana: User):
        job = make_job(ana, state="running")
        running = ana_client.get("/backoffice/tray/").content.decode()
        Job.objects.filter(pk=job.pk).update(state="succeeded", finished_at=clock.now())
        ended = ana_client.get("/backoffice/tray/").content.decode()
        assert ["every 2s" in running, "every 2s" in ended] == [True, False]
        assert "Importing" in ended

    def test_what_ended_long_ago_is_gone(self, ana_client: Client, ana: User):
        make_job(ana, state="succeeded", finished_at=clock.now() - timedelta(hours=1))
        assert "Importing" not in ana_client.get("/backoffice/tray/").content.decode()

    def test_it_shows_one_s_own_work(self, ana_client: Client, beto: User):
        make_job(beto, state="running")
        assert "Importing" not in ana_client.get("/backoffice/tray/").content.decode()


class TestSearch:
    def test_words_are_shown_as_words(self, ana_client: Client):
        html = ana_client.get("/backoffice/search/?q=<b>zz</b>").content.decode()
        assert "<b>zz</b>" not in html
        assert "&lt;b&gt;zz&lt;/b&gt;" in html

    def test_the_palette_gives_places_of_the_menu(self, ana_client: Client):
        html = ana_client.get("/backoffice/search/?palette=1&q=custom").content.decode()
        assert "data-hit" in html
