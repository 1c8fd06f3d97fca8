"""`imp-docker-prune`, `imp-fstrim`, `imp-zfs-maintenance`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

PRUNE, TRIM, SCRUB = "imp-docker-prune", "imp-fstrim", "imp-zfs-maintenance"


def test_a_timer_goes_with_its_service():
    check_rewrite(
        PRUNE,
        before="""\
{ pkgs, ... }:
{
  systemd.services.prune = {
    after = [ "podman.service" ];
    serviceConfig.ExecStart = "${pkgs.podman}/bin/podman system prune --force --filter until=24h";
  };
  systemd.timers.prune = {
    wantedBy = [ "timers.target" ];
    timerConfig.OnCalendar = "Sun 03:00";
  };
}
""",
        after="""\
{ pkgs, ... }:
{
  virtualisation.podman.autoPrune = {
    enable = true;
    dates = "Sun 03:00";
    flags = [ "--filter=until=24h" ];
  };
}
""",
    )


def test_a_longer_script_keeps_its_service():
    check_rewrite(
        PRUNE,
        before='{\n  systemd.services.p = {\n    startAt = "daily";\n    script = "x; docker system prune -f";\n  };\n}\n',
        after=(
            '{\n  systemd.services.p = {\n    startAt = "daily";\n    script = "x";\n  };\n'
            '  virtualisation.docker.autoPrune = {\n    enable = true;\n    dates = "daily";\n  };\n}\n'
        ),
    )


def test_another_time_is_a_conflict():
    check_no_edit(
        '{ virtualisation.docker.autoPrune.dates = "daily"; systemd.services.p = { startAt = "weekly"; script = "docker system prune -f"; }; }',
        "another value",
    )


def test_the_loss_of_data_is_told():
    (found,) = findings('{ systemd.services.p = { startAt = "daily"; script = "docker system prune -f --volumes"; }; }')
    assert "data" in found.message


@pytest.mark.parametrize(
    "script",
    ["docker system prune", "docker image prune -f", "docker system prune -f $x", "x && docker system prune -f"],
)
def test_other_clearing_stays(script: str):
    check_silent(f'{{ systemd.services.p = {{ startAt = "daily"; script = "{script}"; }}; }}')


@pytest.mark.parametrize("script", ["docker system prune -af", "fstrim -a", "zpool scrub tank"])
def test_what_has_no_time_stays(script: str):
    check_silent(f'{{ systemd.services.p.script = "{script}"; }}')


def test_trimming_joins_what_the_file_says():
    check_rewrite(
        TRIM,
        before='{\n  services.fstrim = {\n    enable = true;\n  };\n  systemd.services.t = {\n    startAt = "daily";\n    script = "fstrim --fstab --verbose";\n  };\n}\n',
        after='{\n  services.fstrim = {\n    enable = true;\n    interval = "daily";\n  };\n}\n',
    )


def test_trimming_among_other_commands():
    check_rewrite(
        TRIM,
        before='{\n  systemd.services.t = {\n    startAt = "daily";\n    script = "x; fstrim -A";\n  };\n}\n',
        after=(
            '{\n  systemd.services.t = {\n    startAt = "daily";\n    script = "x";\n  };\n'
            '  services.fstrim = {\n    enable = true;\n    interval = "daily";\n  };\n}\n'
        ),
    )


@pytest.mark.parametrize("script", ["fstrim /", "fstrim -av -m 1M", "fstrim $m"])
def test_other_trimming_stays(script: str):
    check_silent(f'{{ systemd.services.t = {{ startAt = "daily"; script = "{script}"; }}; }}')


def test_a_file_system_is_scrubbed():
    check_rewrite(
        SCRUB,
        before='{\n  systemd.services.s = {\n    startAt = "monthly";\n    script = "btrfs scrub start -B /data";\n  };\n}\n',
        after='{\n  services.btrfs.autoScrub = {\n    enable = true;\n    interval = "monthly";\n    fileSystems = [ "/data" ];\n  };\n}\n',
    )


def test_a_pool_joins_those_that_are_scrubbed():
    check_rewrite(
        SCRUB,
        before='{\n  services.zfs.autoScrub.pools = [ "a" ];\n  systemd.services.s = {\n    startAt = "monthly";\n    script = "x; zpool scrub b";\n  };\n}\n',
        after=(
            '{\n  services.zfs.autoScrub.pools = [ "a" "b" ];\n  services.zfs.autoScrub.enable = true;\n'
            '  services.zfs.autoScrub.interval = "monthly";\n'
            '  systemd.services.s = {\n    startAt = "monthly";\n    script = "x";\n  };\n}\n'
        ),
    )


@pytest.mark.parametrize("script", ["zpool scrub -s tank", "btrfs scrub status /", "zpool scrub $p", "zpool status"])
def test_other_scrubbing_stays(script: str):
    check_silent(f'{{ systemd.services.s = {{ startAt = "daily"; script = "{script}"; }}; }}')


def test_a_service_that_waits_for_one_of_its_own_is_for_review():
    def tiers(after: str) -> list[Tier]:
        module = f'{{ systemd.services.t = {{ startAt = "daily"; after = {after}; script = "fstrim -av"; }}; }}'
        return [fix.tier for each in findings(module) for fix in each.fixes]

    assert tiers('[ "local-fs.target" ]') == [Tier.MECHANICAL]
    assert tiers('[ "local-fs.target" "unlock.service" ]') == [Tier.REVIEW]
    assert tiers("waits") == [Tier.REVIEW]
