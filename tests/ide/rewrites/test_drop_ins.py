"""`imp-modprobe-d`, `imp-sudoers-file`."""

from __future__ import annotations

import pytest

from nix_lsp.ide.model import Severity, Tier

from .bench import check_no_edit, check_rewrite, check_silent, findings

DROP_IN, SUDOERS = "imp-modprobe-d", "imp-sudoers-file"


def file(name: str, *lines: str, beside: str = "") -> str:
    """Return a module with a file below /etc."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"{{\n{beside}  environment.etc.\"{name}\".text = ''\n{body}  '';\n}}\n"


@pytest.mark.parametrize(
    ("name", "lines", "after"),
    [
        ("modprobe.d/a.conf", ["blacklist nouveau"], 'boot.blacklistedKernelModules = [ "nouveau" ];'),
        ("modprobe.d/a.conf", ["options a b=${c}"], 'boot.extraModprobeConfig = "options a b=${c}";'),
        ("modules-load.d/a.conf", ["kvm"], 'boot.kernelModules = [ "kvm" ];'),
        ("sysctl.d/9-a.conf", ["vm.swappiness = 10"], 'boot.kernel.sysctl."vm.swappiness" = 10;'),
        ("sysctl.d/9-a.conf", ["net/ipv4/conf/e.1/x = a b"], 'boot.kernel.sysctl."net.ipv4.conf.e/1.x" = "a b";'),
        ("tmpfiles.d/a.conf", ["d /run/a 0755 ${u} - -"], 'systemd.tmpfiles.rules = [ "d /run/a 0755 ${u} - -" ];'),
    ],
)
def test_a_file_becomes_its_option(name: str, lines: list[str], after: str):
    # A file of tmpfiles.d may have hidden one of a package.
    check_rewrite(DROP_IN, file(name, *lines), f"{{\n  {after}\n}}\n", preferred=not name.startswith("tmpfiles.d"))


def test_a_file_that_a_script_writes_joins_what_is_there():
    check_rewrite(
        DROP_IN,
        before="""\
{
  boot.blacklistedKernelModules = [ "nouveau" ];
  system.activationScripts.a = ''
    a
    echo 'blacklist pcspkr' > /etc/modprobe.d/no-beep.conf
    b
  '';
}
""",
        after="""\
{
  boot.blacklistedKernelModules = [ "nouveau" "pcspkr" ];
  system.activationScripts.a = ''
    a
    b
  '';
}
""",
    )


def test_lines_join_those_that_are_there():
    check_rewrite(
        DROP_IN,
        before=file("modprobe.d/a.conf", "options c d=2", beside='  boot.extraModprobeConfig = "options a b=1";\n'),
        after='{\n  boot.extraModprobeConfig = "options a b=1\\noptions c d=2";\n}\n',
    )


def test_the_comments_of_a_file_are_not_lost_unseen():
    (found,) = findings(file("modprobe.d/a.conf", "# why", "blacklist a"))
    assert [fix.tier for fix in found.fixes] == [Tier.REVIEW]
    assert "comments" in found.message


def test_a_file_s_mode_goes_with_it():
    check_rewrite(
        DROP_IN,
        before='{\n  environment.etc."modules-load.d/a.conf" = {\n    mode = "0444";\n    text = "kvm";\n  };\n}\n',
        after='{\n  boot.kernelModules = [ "kvm" ];\n}\n',
    )


def test_another_value_is_a_conflict():
    module = '{ boot.kernel.sysctl."vm.swappiness" = 1; environment.etc."sysctl.d/a.conf".text = "vm.swappiness=2"; }'
    check_no_edit(module, "another value")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("modprobe.d/a.conf", "include /x"),
        ("modprobe.d/a.conf", "options a \\\\"),
        ("modprobe.d/a", "blacklist a"),
        ("modprobe.d/a.conf", "# nothing"),
        ("modules-load.d/a.conf", "${x}"),
        ("sysctl.d/a.conf", "-vm.swappiness = 1"),
        ("sysctl.d/a.conf", "net.*.x = 1"),
        ("tmpfiles.d/a.conf", "no rule"),
        ("binfmt.d/a.conf", ":x:"),
    ],
)
def test_other_files_are_left(name: str, line: str):
    check_silent(file(name, line))


@pytest.mark.parametrize(
    "command",
    [
        "echo $x > /etc/modprobe.d/a.conf",
        "[ -e x ] || echo 'blacklist a' > /etc/modprobe.d/a.conf",
        "rm /etc/modprobe.d/a.conf",
        "sudo -u alice tee /etc/modprobe.d/a.conf <<< 'blacklist a'",
    ],
)
def test_other_commands_are_left(command: str):
    check_silent(f'{{ system.activationScripts.a = "{command}"; }}')


def test_rules_of_sudo():
    check_rewrite(
        SUDOERS,
        before=file("sudoers.d/a", "%ops ALL=(ALL:ALL) NOPASSWD: SETENV: /bin/a -x, /bin/b", "bob ALL=/bin/c"),
        after="""\
{
  security.sudo.extraRules = [
    {
      groups = [ "ops" ];
      commands = [
        {
          command = "/bin/a -x";
          options = [
            "NOPASSWD"
            "SETENV"
          ];
        }
        {
          command = "/bin/b";
          options = [
            "NOPASSWD"
            "SETENV"
          ];
        }
      ];
    }
    {
      users = [ "bob" ];
      runAs = "root";
      commands = [ "/bin/c" ];
    }
  ];
}
""",
    )


def test_rules_that_the_option_does_not_know_stay_text():
    before = file("sudoers.d/a", "# why", "Defaults:bob !lecture", "bob ALL=(ALL) ALL")
    after = (
        "{\n  security.sudo.extraConfig = ''\n    # why\n    Defaults:bob !lecture\n    bob ALL=(ALL) ALL\n  '';\n}\n"
    )
    check_rewrite(SUDOERS, before, after)


def test_a_rule_that_a_script_writes_joins_the_others():
    check_rewrite(
        SUDOERS,
        before="""\
{
  security.sudo.extraRules = [ { users = [ "a" ]; commands = [ "ALL" ]; } ];
  system.activationScripts.s = "x; echo 'bob ALL=(ALL) ALL' > /etc/sudoers.d/bob; y";
}
""",
        after="""\
{
  security.sudo.extraRules = [
    { users = [ "a" ]; commands = [ "ALL" ]; }
    { users = [ "bob" ]; commands = [ "ALL" ]; }
  ];
  system.activationScripts.s = "x; y";
}
""",
    )


def test_what_nixos_does_not_read_is_a_warning_and_on_macos_a_hint():
    text = file("sudoers.d/a", "bob ALL=(ALL) ALL")
    assert [each.severity for each in findings(text)] == [Severity.WARNING]
    assert [each.severity for each in findings(text, "nix-darwin")] == [Severity.HINT]
    check_rewrite(SUDOERS, text, '{\n  security.sudo.extraConfig = "bob ALL=(ALL) ALL";\n}\n', "nix-darwin")


@pytest.mark.parametrize(
    "module",
    [
        file("sudoers.d/a", "# nothing"),
        file(
            "sudoers.d/a", "bob ALL=(ALL) ALL", beside='  security.sudo.extraConfig = "@includedir /etc/sudoers.d";\n'
        ),
        file("sudoers.d/a", "bob ALL = \\\\", "ALL"),
        file("sudoers", "bob ALL=(ALL) ALL"),
        '{ environment.etc."sudoers.d/a".source = ./a; }',
        '{ system.activationScripts.a = "visudo -cf /etc/sudoers.d/a"; }',
    ],
)
def test_other_texts_of_sudo_are_left(module: str):
    check_silent(module)


@pytest.mark.parametrize(
    "module",
    [
        '{\n  # Hides the rule of the package.\n  environment.etc."tmpfiles.d/a.conf".text = "d /run/a 0755 root root - -"; }',
        '{ environment.etc = {\n# This shadows the rule\n# that the package brings\n"tmpfiles.d/a.conf".text = "d /run/a 0755 root root - -"; }; }',
        '{ systemd.packages = [ pkgs.a ]; environment.etc."tmpfiles.d/a.conf".text = "d /run/a 0755 root root - -"; }',
        '{ systemd.tmpfiles.packages = [ pkgs.a ]; environment.etc."tmpfiles.d/a.conf".text = "d /run/a 0755 root root - -"; }',
    ],
)
def test_a_file_that_is_there_to_hide_that_of_a_package_is_left(module: str):
    check_silent(module)
