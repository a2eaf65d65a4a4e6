"""What a new campaign's content starts from."""

from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from messaging.models import Campaign

MJML: Final = """<mjml>
  <mj-head>
    <mj-attributes>
      <mj-all font-family="Arial, Helvetica, sans-serif" />
    </mj-attributes>
  </mj-head>
  <mj-body background-color="#f6f7f8">
    <mj-section background-color="#ffffff" padding="32px 24px">
      <mj-column>
        <mj-text font-size="22px" line-height="30px">
          {greeting} {{{{ customer.first_name | default: "{friend}" }}}}
        </mj-text>
        <mj-text font-size="15px" line-height="24px">{text}</mj-text>
        <mj-button href="{site_url}" background-color="#0B5D6B">{verb}</mj-button>
      </mj-column>
    </mj-section>
    <mj-section padding="16px 24px">
      <mj-column>
        <mj-text font-size="12px" line-height="18px" color="#616B76">
          {{{{ site.name }}}} · <a href="{{{{ unsubscribe_url }}}}">{leave}</a>
        </mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""
HTML: Final = """<!doctype html>
<html>
<body style="margin:0;font-family:Arial,sans-serif;color:#15191e">
<h1>{greeting} {{{{ customer.first_name | default: "{friend}" }}}}</h1>
<p>{text}</p>
<p><a href="{site_url}">{verb}</a></p>
<p><small>{{{{ site.name }}}} · <a href="{{{{ unsubscribe_url }}}}">{leave}</a></small></p>
</body>
</html>
"""


def starter(body_format: str) -> str:
    """A short mail in the reader's language, with the variables that most mails use."""
    frame = MJML if body_format == Campaign.BodyFormat.MJML else HTML
    return frame.format(
        greeting=_("Hello"),
        friend=_("friend"),
        text=_("Write here what you want to say."),
        site_url=settings.SITE_URL,
        verb=_("Visit the shop"),
        leave=_("Unsubscribe"),
    )
