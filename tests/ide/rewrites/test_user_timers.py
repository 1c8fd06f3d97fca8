"""`imp-home-manager-timer`."""

from __future__ import annotations

import pytest

from .bench import check_no_edit, check_rewrite, check_silent, findings

TIMER = "imp-home-manager-timer"
HOME = "home-manager"


def script(*lines: str, beside: str = "") -> str:
    """Return a module of home-manager with an activation script of some lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{{\n{beside}  home.activation.jobs = ''\n{body}  '';\n}}\n"


RSYNC = """\
  systemd.user = {
    timers.rsync = {
      Timer.OnCalendar = "*-*-* *:0/10:00";
      Install.WantedBy = [ "timers.target" ];
    };
    services.rsync.Service.ExecStart = "${pkgs.rsync}/bin/rsync -a /a /b";
  };
"""
JOB = "*/10 * * * * ${pkgs.rsync}/bin/rsync -a /a /b"


@pytest.mark.parametrize(
    "lines",
    [
        [f"(crontab -l; echo '{JOB}') | crontab -"],
        [f'(crontab -l 2>/dev/null || true; echo "{JOB}") | crontab'],
        [f"echo '{JOB}' | crontab -"],
        ["crontab - <<'EOF'", "# a comment", JOB, "EOF"],
    ],
)
def test_a_job_becomes_a_timer(lines: list[str]):
    if lines[1:2] == ["# a comment"]:
        lines = [line for line in lines if not line.startswith("#")]
    check_rewrite(TIMER, script(*lines), f"{{\n{RSYNC}}}\n", HOME)
    check_rewrite(TIMER, script("x", *lines, "y"), script("x", "y").replace("\n}\n", f"\n{RSYNC}}}\n"), HOME)


def test_a_job_of_a_program_with_a_module_becomes_that():
    mail = "  services.mbsync.verbose = true;\n"
    check_rewrite(
        TIMER,
        script("(crontab -l; echo '@hourly mbsync -a') | crontab -", beside=mail),
        f'{{\n{mail}  services.mbsync.enable = true;\n  services.mbsync.frequency = "hourly";\n}}\n',
        HOME,
    )


def test_timers_join_the_others():
    timers = "  systemd.user.timers = {\n    a.Timer.OnBootSec = 5;\n"
    check_rewrite(
        TIMER,
        script("echo '@daily /bin/b' | crontab -", beside=f"{timers}  }};\n"),
        f'{{\n{timers}    b = {{\n      Timer.OnCalendar = "daily";\n      Install.WantedBy = [ "timers.target" ];\n    }};\n  }};\n'
        '  systemd.user.services.b.Service.ExecStart = "/bin/b";\n}\n',
        HOME,
    )


def test_a_job_that_needs_a_shell_is_explained():
    check_no_edit(script("echo '@daily /bin/a | /bin/b' | crontab -"), "without a shell", HOME)
    check_no_edit(script("echo '@daily backup' | crontab -"), "full path", HOME)


@pytest.mark.parametrize(
    "command",
    [
        "crontab ${./crontab}",
        "crontab -r",
        "crontab -l | crontab -",
        "(crontab -l; cat x) | crontab -",
        "(cd /; echo '@daily /bin/a') | crontab -",
        "echo '@daily /bin/a' | crontab -u bob -",
        'echo "@daily $x" | crontab -',
        "crontab -l | grep -q a || (crontab -l; echo '@daily /bin/a') | crontab -",
        "(crontab -l; echo '@daily /bin/a') | sort | crontab -",
    ],
)
def test_other_crontabs_are_left(command: str):
    check_silent(script(command), HOME)


def test_a_name_that_is_taken_is_left():
    found = findings(
        script("echo '@daily /bin/a' | crontab -", beside="  systemd.user.services.a.Service = { };\n"), HOME
    )
    assert [each.fixes for each in found] == [()]
