"""Lines of a system crontab, and the calendar events that they are."""

from __future__ import annotations

import pytest

from nix_lsp.analysis.shell.crontab import Line, on_calendar, read_line


def test_a_job_is_read_up_to_its_command():
    line = b" 30 4\t* * 0 root  /bin/a b"
    assert read_line(line) == Line("30 4 * * 0", None, line.index(b"/bin"))
    assert read_line(b"@daily alice x") == Line("@daily", "alice", 13)


@pytest.mark.parametrize(
    "line", [b"MAILTO=root", b"# a", b"30 4 * * 0 root", b"30 4 * * root x", b"0 0 * * * root date +%s", b"a\nb", b""]
)
def test_what_is_no_plain_job_is_left(line: bytes):
    assert read_line(line) is None


@pytest.mark.parametrize(
    ("schedule", "event"),
    [
        ("30 4 * * 0", "Sun *-*-* 04:30:00"),
        ("*/5 * * * *", "*-*-* *:0/5:00"),
        ("0 */2 * * 1-5", "Mon..Fri *-*-* 0/2:00:00"),
        ("15 2 1 jan,jul *", "*-01,07-01 02:15:00"),
        ("0 9-17 * * mon,wed", "Mon,Wed *-*-* 09..17:00:00"),
        ("0 0 * * 6-7", "Sat..Sun *-*-* 00:00:00"),
        ("0 0 * * 0-2", "Sun,Mon..Tue *-*-* 00:00:00"),
        ("0,30 8-18/2 * * *", "*-*-* 08..18/2:00,30:00"),
        ("@hourly", "hourly"),
    ],
)
def test_a_schedule_becomes_a_calendar_event(schedule: str, event: str):
    """systemd.time(7), "Calendar events"."""
    assert on_calendar(schedule) == event


@pytest.mark.parametrize(
    "schedule", ["0 0 1 * 1", "60 * * * *", "@reboot", "1-a * * * *", "5-2 * * * *", "*/0 * * * *", "5/2 * * * *"]
)
def test_a_schedule_that_has_no_like_is_left(schedule: str):
    assert on_calendar(schedule) is None
