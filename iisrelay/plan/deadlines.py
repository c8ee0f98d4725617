"""Days on which smart hosts stop to take what relays send, as their operators have announced them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

HORIZON = dt.timedelta(days=400)  # what is further away is no matter of today's plan
FIX = (
    "use a connector of the tenant (`smart_host: {preset: exchange-online-connector, domain: ...}`, port 25, TLS, "
    "no login), Azure Communication Services (`smart_host: acs`) or another provider; High Volume Email (`hve`) for "
    "recipients inside the tenant only"
)


@dataclass(frozen=True)
class Deadline:
    """An announcement. ``before`` and ``since`` are sentences with the days left and the days gone in braces."""

    hosts: frozenset[str]
    day: dt.date
    before: str
    since: str
    fix: str
    source: str

    def message(self, today: dt.date) -> str:
        """Say how the matter stands on a day; "" while it is too far away."""
        left = (self.day - today).days
        if left > HORIZON.days:
            return ""
        return (self.before if left >= 0 else self.since).format(days=_days(abs(left)))


# Announced by the Exchange team on 2026-01-27, for all clouds; two earlier dates had been moved. How an administrator
# switches it on again was not said.
DEADLINES = (
    Deadline(
        hosts=frozenset(
            {
                "smtp.office365.com",
                "smtp-legacy.office365.com",
                "smtp.office365.us",
                "outlook-dod.office365.us",
                "smtp.partner.outlook.cn",
            }
        ),
        day=dt.date(2026, 12, 31),
        before="Exchange Online switches basic authentication for SMTP AUTH off by default at the end of December 2026 "
        "({days} left); an administrator of the tenant can switch it on again, until its final removal, whose date is "
        "to be announced in the second half of 2027",
        since="Exchange Online has had basic authentication for SMTP AUTH off by default since the end of December "
        "2026 ({days} ago): unless an administrator of the tenant has switched it on again, logins fail, and once it "
        "is removed the answer is '550 5.7.30 Basic authentication is not supported for Client Submission'",
        fix=FIX,
        source="Exchange Team blog, 2026-01-27",
    ),
    Deadline(
        hosts=frozenset({"smtp.hve.mx.microsoft", "smtp-hve.office365.com"}),
        day=dt.date(2028, 9, 30),
        before="High Volume Email takes basic authentication until September 2028 ({days} left)",
        since="High Volume Email was to take basic authentication until September 2028 ({days} ago)",
        fix="SMTPSVC cannot log in by OAuth: use a connector of the tenant or another provider",
        source="Exchange Team blog, May 2025",
    ),
)


def deadline_for(host: str, *, basic: bool) -> Deadline | None:
    """Give what its operator has announced for relays that log in to a smart host with basic authentication."""
    name = host.strip("[]").casefold().rstrip(".")
    return next((item for item in DEADLINES if basic and name in item.hosts), None)


def warning(deadline: Deadline, labels: Iterable[str], today: dt.date) -> str:
    """Give one warning for all that a deadline is for; "" while it is too far away."""
    message = deadline.message(today)
    return f"{', '.join(labels)}: {message}; {deadline.fix}" if message else ""


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
