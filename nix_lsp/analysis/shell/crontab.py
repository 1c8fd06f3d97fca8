"""Lines of a system crontab: when, as whom, what (crontab(5); five fields or one `@word`, then the user)."""

from __future__ import annotations

import re
from typing import NamedTuple

_LINE = re.compile(rb"[ \t]*(@[a-z]+|(?:[\w*/,-]+[ \t]+){4}[\w*/,-]+)[ \t]+([a-z_][\w-]*)[ \t]+(?=[^\s#])")
_USER_LINE = re.compile(rb"[ \t]*(@[a-z]+|(?:[\w*/,-]+[ \t]+){4}[\w*/,-]+)[ \t]+(?=[^\s#])")
_FIELD = re.compile(r"(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:/([1-9][0-9]*))?")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORDS = {
    "@hourly": "hourly",
    "@daily": "daily",
    "@midnight": "daily",
    "@weekly": "weekly",
    "@monthly": "monthly",
    "@yearly": "yearly",
    "@annually": "yearly",
}
"""`@weekly` is Sunday to cron and Monday to systemd.time(7): once a week, as its author asked for."""


class Line(NamedTuple):
    """One job."""

    schedule: str
    """The five fields, single blanks between them, or the `@word`."""
    user: str | None
    """None: root."""
    command: int
    """Where in the line the command begins, in bytes."""


def read_line(line: bytes) -> Line | None:
    """Read a job of a system crontab; None for a variable, for a line that is broken, and where `%` means a line end or there are several lines."""
    head = _LINE.match(line)
    if head is None or b"%" in line or b"\n" in line.strip():
        return None
    user = head[2].decode()
    return Line(" ".join(head[1].decode().split()), None if user == "root" else user, head.end())


def read_user_line(line: bytes) -> Line | None:
    """Read a job of a user's own crontab, which names no user; None as `read_line` has it."""
    head = _USER_LINE.match(line)
    if head is None or b"%" in line or b"\n" in line.strip():
        return None
    return Line(" ".join(head[1].decode().split()), None, head.end())


def on_calendar(schedule: str) -> str | None:
    """Return the calendar event of systemd.time(7) for a crontab schedule.

    None for `@reboot`, where a field is out of range, and where day of month and day of week are both restricted: cron wants one of
    them, systemd both.
    """
    if schedule.startswith("@"):
        return _WORDS.get(schedule)
    fields = schedule.lower().split()
    if len(fields) != 5:
        return None
    minute, hour = _numbers(fields[0], 0, 59), _numbers(fields[1], 0, 23)
    day, month = _numbers(fields[2], 1, 31), _numbers(fields[3], 1, 12, _MONTHS)
    weekdays = _weekdays(fields[4])
    if minute is None or hour is None or day is None or month is None or weekdays is None:
        return None
    if not fields[2].startswith("*") and weekdays:
        return None
    return f"{weekdays}{' ' if weekdays else ''}*-{month}-{day} {hour}:{minute}:00"


def _numbers(field: str, least: int, most: int, names: tuple[str, ...] = ()) -> str | None:
    """Translate `*`, `*/5`, `1-5`, `1-9/2` and lists of them."""
    parts: list[str] = []
    for part in field.split(","):
        match = _FIELD.fullmatch(part)
        if match is None:
            return None
        first, last, step = match.groups()
        if first == "*":
            if last:
                return None
            if field != part:
                return None
            parts.append(f"{least}/{step}" if step and step != "1" else "*")
            continue
        bounds = [_number(each, least, most, names) for each in (first, last) if each]
        if None in bounds or (step and not last):
            return None
        numbers = [f"{each:02}" for each in bounds if each is not None]
        if len(bounds) == 2 and numbers[0] > numbers[1]:
            return None
        parts.append("..".join(numbers) + (f"/{step}" if step and step != "1" else ""))
    return ",".join(parts)


def _number(text: str, least: int, most: int, names: tuple[str, ...]) -> int | None:
    if text in names:
        return names.index(text) + least
    return int(text) if text.isdigit() and len(text) <= 2 and least <= int(text) <= most else None


def _weekdays(field: str) -> str | None:
    """Translate `1-5`, `mon,fri`; an empty text for `*`."""
    if field == "*":
        return ""
    parts: list[str] = []
    for part in field.split(","):
        first, dash, last = part.partition("-")
        days = [_day(each) for each in ((first, last) if dash else (first,))]
        if None in days:
            return None
        # Sunday is 0 and 7: at the end of a range it is the latter.
        numbers = [each for each in days if each is not None]
        if len(numbers) == 2 and numbers[1] == 0:
            numbers[1] = 7
        if len(numbers) == 2 and not numbers[0] < numbers[1]:
            return None
        if len(numbers) == 2 and numbers[0] == 0:
            # systemd's week begins on Monday.
            parts.append("Sun")
            numbers[0] = 1
            if numbers[1] == 1:
                numbers.pop()
        parts.append("..".join(_DAYS[each].title() for each in numbers))
    return ",".join(parts)


def _day(text: str) -> int | None:
    if text in _DAYS:
        return _DAYS.index(text)
    return int(text) if text.isdigit() and len(text) == 1 and int(text) <= 7 else None
