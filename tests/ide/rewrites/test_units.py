"""Units switched on, reloaded and restarted by hand; jobs of cron; care of the store; udev rules."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings


def script(*lines: str, beside: str = "") -> str:
    """Return a NixOS module with an activation script of some lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{{\n{beside}  system.activationScripts.a = ''\n{body}  '';\n}}\n"


@pytest.mark.parametrize(
    ("rule", "command", "after"),
    [
        ("imp-systemctl-enable", "systemctl enable --now sshd.service", "services.openssh.enable = true;"),
        ("imp-systemctl-enable", "${pkgs.systemd}/bin/systemctl -q enable nginx", "services.nginx.enable = true;"),
        ("imp-linger", "loginctl enable-linger alice", "users.users.alice.linger = true;"),
    ],
)
def test_what_a_command_switches_on_is_declared(rule: str, command: str, after: str):
    check_rewrite(rule, script(command), f"{{\n  {after}\n}}\n")
    check_rewrite(rule, script("x", command), script("x").replace("\n}\n", f"\n  {after}\n}}\n"))


def test_lingering_is_merged_into_the_account():
    account = "  users.users.alice = {\n    isNormalUser = true;\n"
    check_rewrite(
        "imp-linger",
        script("loginctl enable-linger alice", beside=f"{account}  }};\n"),
        f"{{\n{account}    linger = true;\n  }};\n}}\n",
    )


@pytest.mark.parametrize(
    "command",
    [
        "systemctl enable my-own",
        "systemctl enable --user sshd",
        "systemctl enable $unit",
        "systemctl start sshd",
        "systemctl is-active sshd",
        "systemctl restart --user x",
        "x | systemctl enable sshd",
        "loginctl enable-linger $USER",
        "loginctl enable-linger",
        "cp a.service /etc/systemd/system/; systemctl daemon-reload",
    ],
)
def test_other_commands_of_systemd_are_left(command: str):
    check_silent(script(command))


def test_a_reload_goes():
    check_rewrite("imp-daemon-reload", script("x", "systemctl daemon-reload", "y"), script("x", "y"))


def test_a_restart_is_explained():
    check_no_edit(script("systemctl restart nginx"), "`systemd.services.nginx.restartTriggers`")
    check_silent('{ systemd.services.a.script = "systemctl restart nginx"; }')


def cron(*lines: str) -> str:
    """Return a module with some cron jobs."""
    return "{ services.cron.systemCronJobs = [ " + " ".join(f'"{line}"' for line in lines) + " ]; }"


def test_a_cron_job_becomes_a_service_and_its_line_goes():
    check_rewrite(
        "imp-cron-job",
        '{\n  services.cron.systemCronJobs = [\n    "MAILTO=x"\n    "*/5 * * * * app ${pkgs.app}/bin/app --now"\n  ];\n}\n',
        """\
{
  services.cron.systemCronJobs = [
    "MAILTO=x"
  ];
  systemd.services.app = {
    startAt = "*-*-* *:0/5:00";
    serviceConfig.User = "app";
    script = "${pkgs.app}/bin/app --now";
  };
}
""",
    )


@pytest.mark.parametrize("command", ["clean-up a", "/srv/clean.sh", "${x}/bin/yes | z"])
def test_a_job_that_may_count_on_the_path_of_cron_is_for_review(command: str):
    (found,) = findings(cron(f"@daily root {command}"))
    assert found.fixes[0].tier is Tier.REVIEW
    assert "`path`" in found.message


def test_a_job_at_boot_becomes_a_service():
    (found,) = findings(cron("@reboot root ${pkgs.a}/bin/start --now"))
    assert (found.rule, found.fixes[0].tier) == ("imp-cron-reboot", Tier.MECHANICAL)


@pytest.mark.parametrize(
    "line",
    [
        "0 0 1 * 1 root /bin/a",
        "MAILTO=root",
        "0 0 * * * root /bin/a %x",
        "0 0 * * * root X=1 /bin/a",
        "@never root /bin/a",
        "0 0 * * * root /bin/a 'unterminated",
    ],
)
def test_a_job_that_systemd_would_run_otherwise_is_left(line: str):
    check_silent(cron(line))


def test_a_name_that_is_taken_is_left():
    check_silent('{ systemd.services.a.script = ""; services.cron.systemCronJobs = [ "@daily root /bin/a" ]; }')


def test_garbage_is_collected_at_the_moment_of_the_job():
    check_rewrite(
        "imp-gc-script",
        '{\n  systemd.services.gc = {\n    startAt = "weekly";\n    script = "nix-collect-garbage --delete-older-than 7d";\n  };\n}\n',
        '{\n  nix.gc = {\n    automatic = true;\n    dates = "weekly";\n    options = "--delete-older-than 7d";\n  };\n}\n',
    )


def test_not_all_generations_are_deleted():
    (found,) = findings(cron("0 2 * * * root nix-collect-garbage -d"))
    (fix,) = found.fixes
    assert fix.tier is Tier.REVIEW
    assert any("--delete-older-than 30d" in edit.text for edit in fix.edits[0].edits)


def test_garbage_is_collected_by_home_manager():
    (found,) = findings('{ home.activation.gc = "nix-collect-garbage --delete-older-than 7d"; }', "home-manager")
    assert [fix.tier for fix in found.fixes] == [Tier.REVIEW]


@pytest.mark.parametrize(
    "module",
    [
        '{ programs.nh.clean.enable = true; services.cron.systemCronJobs = [ "@daily root nix-collect-garbage -d" ]; }',
        '{ nix.enable = false; services.cron.systemCronJobs = [ "@daily root nix-collect-garbage -d" ]; }',
        '{ services.cron.systemCronJobs = [ "0 0 1 * 1 root nix-collect-garbage" ]; }',
        '{ environment.shellAliases.gc = "nix-collect-garbage -d"; }',
        '{ system.activationScripts.a = "nix-collect-garbage --dry-run"; }',
        '{ system.activationScripts.a = "nix-store --verify"; }',
        '{ system.activationScripts.a = "nix build"; }',
    ],
)
def test_other_care_of_the_store_is_left(module: str):
    check_silent(module)


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        ("nix-env -u '*'", "imp-nix-env-upgrade"),
        ("nix-channel --update", "imp-nix-channel"),
        ("nix-env -p /nix/var/nix/profiles/system --delete-generations old", "imp-delete-generations"),
    ],
)
def test_what_cannot_be_written_is_explained(command: str, rule: str):
    found = findings(script(command))
    assert [(each.rule, each.fixes) for each in found] == [(rule, ())]


def test_udev_rules_move_into_their_option():
    check_rewrite(
        "imp-udev-etc",
        '{\n  a = 1;\n  environment.etc."udev/rules.d/99-x.rules".text = "KERNEL==\\"a\\"";\n}\n',
        '{\n  a = 1;\n  services.udev.extraRules = "KERNEL==\\"a\\"";\n}\n',
    )


@pytest.mark.parametrize(
    "module",
    [
        '{ environment.etc."udev/rules.d/99-x.rules".source = ./x; }',
        '{ environment.etc."udev/hwdb.d/a.hwdb".text = "a"; }',
        '{ environment.etc."udev/rules.d/99-x.rules".text = "a\\\\\\nb"; }',
    ],
)
def test_other_files_of_udev_are_left(module: str):
    check_silent(module)
