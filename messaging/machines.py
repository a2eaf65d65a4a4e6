"""Whether an open or a click was a person's. Pure."""

import re
from datetime import datetime, timedelta
from typing import Final

# Apple's and Yahoo's proxies load pictures ahead of the person; Gmail's when the mail is opened.
PREFETCHERS: Final = re.compile(r"^Mozilla/5\.0$|YahooMailProxy|yahoocachesystem", re.IGNORECASE)
SCANNERS: Final = re.compile(
    r"bot\b|crawler|spider|scan|barracuda|mimecast|proofpoint|symantec|messagelabs|trendmicro"
    r"|safelinks|defender|bingpreview|headlesschrome|phantomjs|python|curl|wget|go-http-client"
    r"|java/|okhttp|libwww|node-fetch|axios|facebookexternalhit|slackbot|whatsapp|telegrambot",
    re.IGNORECASE,
)
GMAIL_PROXY: Final = re.compile(r"GoogleImageProxy|ggpht\.com", re.IGNORECASE)
TOO_SOON: Final = timedelta(seconds=2)
TOO_MANY_LINKS: Final = 3


def is_machine(
    *,
    method: str,
    user_agent: str,
    sent_at: datetime | None,
    at: datetime,
    is_open: bool,
    links_just_now: int = 0,
) -> bool:
    """A scanner, a prefetcher, a bare HEAD, or somebody faster than people are.

    ``links_just_now``: how many other links of the mail were followed in these seconds.
    """
    if method == "HEAD" or not user_agent.strip():
        return True
    if sent_at is not None and at - sent_at < TOO_SOON:
        return True
    if links_just_now >= TOO_MANY_LINKS:
        return True
    if is_open and PREFETCHERS.search(user_agent):
        return True
    return not GMAIL_PROXY.search(user_agent) and bool(SCANNERS.search(user_agent))
