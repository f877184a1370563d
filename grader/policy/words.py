"""Times, spans and numbers as people read and write them."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from fractions import Fraction

SPAN = re.compile(r"(\d+)\s*(minute|hour|day|week)s?")
SECONDS = {"minute": 60, "hour": 3600, "day": 86400, "week": 604800}


def read_span(text: str) -> timedelta:
    """Return a span such as "10 minutes"; raises `ValueError`."""
    found = SPAN.fullmatch(text.strip())
    if not found:
        raise ValueError(f"“{text}” is no span; write “10 minutes”, “12 hours” or “3 days”")
    return timedelta(seconds=int(found[1]) * SECONDS[found[2]])


def span(time: timedelta) -> str:
    """Return a span in its two largest units."""
    minutes = max(1, -(-int(time.total_seconds()) // 60)) if time else 0
    sizes = (("day", minutes // 1440), ("hour", minutes // 60 % 24), ("minute", minutes % 60))
    told = [f"{count} {name}{'s' if count != 1 else ''}" for name, count in sizes if count]
    return " ".join(told[:2]) or "no time"


def moment(time: datetime, zone: tzinfo) -> str:
    """Return a point in time as the course's clocks show it."""
    local = time.astimezone(zone)
    seconds = f":{local:%S}" if local.second else ""
    return f"{local.day} {local:%b %Y %H:%M}{seconds} {local:%Z}"


def aware(time: datetime, zone: tzinfo) -> datetime:
    """Return a time in UTC; one without a zone is by the course's clocks.

    In the hour that comes twice when clocks are put back it is the later one, as suits students.
    """
    return (time if time.tzinfo else time.replace(tzinfo=zone, fold=1)).astimezone(UTC)


def read_moment(text: str, zone: tzinfo) -> datetime | None:
    """Return a point in time from ISO 8601; None for anything else."""
    try:
        return aware(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):
        return None


def number(value: Fraction) -> str:
    """Return a number with at most two decimals, never rounded up."""
    whole = int(value * 100)
    return f"{whole / 100:.2f}".rstrip("0").rstrip(".")


def percent(share: Fraction) -> str:
    """Return a share in percent."""
    return f"{number(share * 100)} %"


def counted(count: int, noun: str) -> str:
    """Return a number of things."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
