"""Templates through the child process: compile, check and render."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from messaging.models import Campaign
from messaging.rendering.content import UNSUBSCRIBE, VIEW, Compiled, sample_values
from messaging.rendering.problems import TemplateRefused, Trouble
from messaging.rendering.words import problems_of
from messaging.variables import all_variables

WALL_SECONDS: Final = 20
MARKETING_TRANSACTIONAL: Final = "transactional"


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A mail as a person would see it."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Result:
    contents: list[Compiled]
    renders: list[list[Rendered]]


def run(
    sources: Sequence[Mapping[str, Any]],
    *,
    samples: Sequence[Mapping[str, Any]],
    keep_renders: bool = False,
) -> Result:
    """Compile sources and render each for each sample.

    :raises TemplateRefused: what the child found, or that it had to be stopped.
    """
    request = {"sources": sources, "samples": samples, "keep_renders": keep_renders}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "messaging.rendering.child"],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=WALL_SECONDS,
            cwd=settings.BASE_DIR,
            env={"PYTHONPATH": str(settings.BASE_DIR), "PYTHONUTF8": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TemplateRefused([Trouble(code="slow")]) from None
    if done.returncode != 0:
        raise TemplateRefused([Trouble(code="slow")])
    return _result(json.loads(done.stdout))


def _result(found: dict[str, Any]) -> Result:
    if "troubles" in found:
        raise TemplateRefused([Trouble(**one) for one in found["troubles"]])
    return Result(
        contents=[Compiled(**one) for one in found["contents"]],
        renders=[[Rendered(**one) for one in rendered] for rendered in found["renders"]],
    )


def source_for(campaign: Campaign, language: str, *, tracked: bool) -> dict[str, Any]:
    """What the child needs of a campaign for one language."""
    with translation.override(language):
        footer = None if campaign.purpose == MARKETING_TRANSACTIONAL else _footer()
    return {
        "subject": campaign.subject,
        "preheader": campaign.preheader,
        "body": campaign.body,
        "body_format": campaign.body_format,
        "text_body": campaign.text_body,
        "known": [variable.name for variable in all_variables()],
        "language": language,
        "footer": footer,
        "tracks_opens": tracked and campaign.tracks_opens,
        "tracks_clicks": tracked and campaign.tracks_clicks,
        "click_base": f"{settings.SITE_URL}/m/c/",
        "open_base": f"{settings.SITE_URL}/m/o/",
    }


def _footer() -> dict[str, str]:
    return {
        "reason": _("You get this mail because you agreed to hear from %(site)s.")
        % {"site": settings.SITE_NAME},
        "unsubscribe": _("Unsubscribe"),
        "view": _("View in the browser"),
    }


def samples() -> list[dict[str, Any]]:
    """Believable, empty and hostile values: a template must stand all of them."""
    names = {variable.name: variable.sample for variable in all_variables()}
    own = {"_m": {"open": "t", **{f"l{number}": "t" for number in range(1, 400)}}}
    long_text = "Ñandú & <b>“hijos”</b> " * 12
    return [
        {**sample_values(names), **own},
        {**sample_values(dict.fromkeys(names, "")), **own},
        {**sample_values(dict.fromkeys(names, long_text)), **own},
    ]


def check_campaign(campaign: Campaign) -> Compiled:
    """Compile and render the samples, without keeping anything.

    :raises TemplateRefused: with every trouble found.
    """
    language = settings.SITE_LANGUAGE
    return run([source_for(campaign, language, tracked=True)], samples=samples()).contents[0]


def compile_campaign(campaign: Campaign) -> dict[str, Compiled]:
    """The content as it is sent, per language of the site.

    :raises TemplateRefused: with every trouble found.
    """
    languages = [code for code, _name in settings.LANGUAGES]
    sources = [source_for(campaign, language, tracked=True) for language in languages]
    return dict(zip(languages, run(sources, samples=samples()).contents, strict=True))


def preview(campaign: Campaign, *, values: Mapping[str, Any], language: str) -> Rendered:
    """The mail for these values, its links as they are, nothing counted.

    :raises DomainError: ``template_invalid`` with the ``problems`` in its data.
    """
    links = {UNSUBSCRIBE: f"{settings.SITE_URL}/m/u/-", VIEW: f"{settings.SITE_URL}/m/v/-"}
    source = source_for(campaign, language, tracked=False)
    try:
        result = run([source], samples=[{**links, **values}], keep_renders=True)
    except TemplateRefused as refused:
        raise refusal(refused) from None
    return result.renders[0][0]


def refusal(refused: TemplateRefused) -> DomainError:
    """The same refusal in words, for people."""
    problems = problems_of(refused.troubles)
    first = problems[0]
    return DomainError(
        "template_invalid", first.message, field=first.field, data={"problems": problems}
    )
