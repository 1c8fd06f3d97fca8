"""The conditions that hold for every rewrite."""

from __future__ import annotations

import pytest

from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import Severity, Tier
from nix_lsp.ide.rewrites.imperative.findings import find_imperative
from nix_lsp.syntax.document import Document

from .bench import Bench, check_no_edit, check_rewrite, check_silent, findings

ZONE = "timedatectl set-timezone UTC"


# 1. Never where the text is not run on this machine.


@pytest.mark.parametrize(
    "module",
    [
        f'{{ testScript = "{ZONE}"; }}',
        f'{{ options.a = lib.mkOption {{ description = "{ZONE}"; example = "{ZONE}"; }}; }}',
        f'{{ meta.longDescription = "{ZONE}"; }}',
        f'{{ virtualisation.oci-containers.containers.a.cmd = [ "{ZONE}" ]; }}',
        f'{{ wsl.extraBin = [ {{ src = "{ZONE}"; }} ]; }}',
        f'{{ boot.postBootCommands = "{ZONE}"; }}',
        f'{{ security.sudo.extraRules = [ {{ commands = [ "{ZONE}" ]; }} ]; }}',
        f'pkgs.testers.nixosTest {{ nodes.machine = {{ system.activationScripts.a = "{ZONE}"; }}; testScript = ""; }}',
    ],
)
def test_text_that_this_machine_does_not_run_is_left(module: str):
    check_silent(module)


@pytest.mark.parametrize("path", ["/home/me/conf/tests/a.nix", "/x/nixos/tests/a/b.nix"])
def test_files_below_tests_are_left(path: str):
    check_silent(f'{{ system.activationScripts.a = "{ZONE}"; }}', path=path)


# 2. What is moved is static; what decides whether it runs is not moved.


@pytest.mark.parametrize(
    "script",
    [
        "timedatectl set-timezone $TZ",
        "timedatectl set-timezone \\${TZ}",
        "timedatectl set-timezone $(cat /etc/tz)",
        "timedatectl set-timezone `cat /etc/tz`",
        "timedatectl set-timezone U*",
        f"while true; do {ZONE}; done",
        f"for i in a; do {ZONE}; done",
        f"if x; then {ZONE}; fi",
        f"case x in x) {ZONE};; esac",
        f"x || {ZONE}",
        f"{ZONE} || x",
        f"x && {ZONE}",
        f"x | {ZONE}",
        f"{ZONE} | x",
        f"{ZONE} &",
        f"( {ZONE} )",
        f"f() {{ {ZONE}; }}",
        f"! {ZONE}",
        f"[ -e /x ] && exit 0; {ZONE}",
        f"trap x EXIT; {ZONE}",
        f"{ZONE}\nx=$?",
        f"{ZONE}; echo \\${{PIPESTATUS[0]}}",
        f"TZ=x {ZONE}",
        f"{ZONE} > /etc/x",
        f"echo '{ZONE}'",
        f"ssh host {ZONE}",
        f"cat <<X\n{ZONE}\nX",
    ],
)
def test_dynamic_and_conditional_commands_are_left(script: str):
    check_silent('{ system.activationScripts.a = "' + script.replace("\n", "\\n") + '"; }')


@pytest.mark.parametrize("tail", [" || true", " || :", " 2>/dev/null", " >/dev/null 2>&1", " &>/dev/null || true"])
def test_hidden_output_and_excused_failure_do_not_matter(tail: str):
    check_rewrite(
        "imp-timezone",
        before=f'{{\n  system.activationScripts.a = "{ZONE}{tail}";\n}}\n',
        after='{\n  time.timeZone = "UTC";\n}\n',
    )


# 3. Statement by statement; a binding goes only when nothing is left in it.


def test_comments_and_shell_options_do_not_keep_a_script_and_comments_stay():
    check_rewrite(
        "imp-timezone",
        before=f"{{\n  a = 1;\n  # clock\n  system.activationScripts.a = ''\n    set -eu\n    # zone\n    {ZONE}\n  '';\n  b = 2;\n}}\n",
        after='{\n  a = 1;\n  # clock\n  # zone\n  time.timeZone = "UTC";\n  b = 2;\n}\n',
    )


def test_what_else_the_script_does_stays_byte_by_byte():
    check_rewrite(
        "imp-timezone",
        before=(
            "{\n  system.activationScripts.a = ''\n    if x; then\n      y\n    fi   # odd   spacing\n"
            f"\n    {ZONE}; z  '' + \"\\n\";\n}}\n"
        ).replace("'' + \"\\n\"", "''"),
        after=(
            "{\n  system.activationScripts.a = ''\n    if x; then\n      y\n    fi   # odd   spacing\n"
            "\n    z  '';\n  time.timeZone = \"UTC\";\n}\n"
        ),
    )


def test_a_script_that_others_wait_for_stays_empty():
    check_rewrite(
        "imp-timezone",
        before=(
            f'{{\n  system.activationScripts.clock = "{ZONE}";\n'
            '  system.activationScripts.b = lib.stringAfter [ "clock" ] "echo b";\n}\n'
        ),
        after=(
            '{\n  system.activationScripts.clock = "";\n  time.timeZone = "UTC";\n'
            '  system.activationScripts.b = lib.stringAfter [ "clock" ] "echo b";\n}\n'
        ),
        preferred=False,
    )


def test_a_chain_of_known_commands_moves_command_by_command():
    text = '{ system.activationScripts.a = "sysctl vm.swappiness=1 && timedatectl set-timezone UTC && x"; }'
    assert [diagnostic.rule for diagnostic in findings(text)] == ["imp-sysctl", "imp-timezone"]


# 4. The option exists in this lane at this pin.


def test_a_pin_without_the_option_is_left():
    check_silent(f'{{ system.activationScripts.a = "{ZONE}"; }}', pin="nixos-22.11")


def test_every_lane_must_have_the_option():
    document = f'{{ system.activationScripts.a.text = "{ZONE}"; }}'
    assert findings(document, pins=("nixos", "nixos"))
    assert findings(document, pins=("nixos", "nixos-22.11")) == []
    assert findings(document, pins=("nixos", "nix-darwin")) == []


# 5. Merging and conflicts.


@pytest.mark.parametrize(
    "present",
    [
        'time.timeZone = "CET";',
        'time = { timeZone = "CET"; };',
        "time.timeZone = zone;",
        'time.timeZone = lib.mkDefault "CET";',
        'time.timeZone = lib.mkForce "UTC";',
        "inherit (zones) time;",
        "time = import ./time.nix;",
    ],
)
def test_a_definition_that_stands_is_never_overruled(present: str):
    check_no_edit(f'{{ {present} system.activationScripts.a = "{ZONE}"; }}', "No edit")


@pytest.mark.parametrize(
    "present",
    ["networking.firewall.allowedTCPPorts = ports;", "networking.firewall.allowedTCPPorts = lib.mkForce [ 1 ];"],
)
def test_a_list_that_is_computed_is_not_appended_to(present: str):
    check_no_edit(
        f'{{ {present} networking.firewall.extraCommands = "iptables -A INPUT -p tcp --dport 80 -j ACCEPT"; }}',
        "is not a plain list",
    )


def test_a_condition_keeps_what_is_under_it():
    check_rewrite(
        "imp-timezone",
        before=(
            f'{{ config, lib, ... }}:\n{{\n  config = lib.mkIf config.a {{\n    system.activationScripts.a = "{ZONE}";\n  }};\n}}\n'
        ),
        after='{ config, lib, ... }:\n{\n  config = lib.mkIf config.a {\n    time.timeZone = "UTC";\n  };\n}\n',
    )


@pytest.mark.parametrize(
    "value",
    [
        f'lib.mkForce "{ZONE}"',
        f'if c then "{ZONE}" else ""',
        f'"{ZONE}" + x',
        f'x + "{ZONE}"',
        f'optionalString c "{ZONE}"',
        f'lib.mkIf a (lib.mkIf b "{ZONE}")',
        f'builtins.readFile "{ZONE}"',
    ],
)
def test_a_computed_script_is_left(value: str):
    check_silent(f"{{ system.activationScripts.a = {value}; }}")


def test_a_script_that_waits_for_another_one_is_for_review():
    for text in (
        f'{{ system.activationScripts.a = lib.stringAfter [ "my-setup" ] "{ZONE}"; }}',
        f'{{ system.activationScripts.a = {{ deps = [ "my-setup" ]; text = "{ZONE}"; }}; }}',
        f'{{ system.activationScripts.a = lib.stringAfter names "{ZONE}"; }}',
    ):
        assert [fix.tier for diagnostic in findings(text) for fix in diagnostic.fixes] == [Tier.REVIEW]


def test_each_part_of_a_merged_script_is_looked_at():
    check_rewrite(
        "imp-rc-alias",
        pin="home-manager",
        before="""\
{ lib, ... }:
{
  programs.zsh.initContent = lib.mkMerge [
    (lib.mkOrder 550 "alias a=b")
    (lib.mkIf c "alias c=d")
    ''
      bindkey -v
    ''
  ];
}
""",
        after="""\
{ lib, ... }:
{
  programs.zsh.initContent = lib.mkMerge [
    (lib.mkIf c "alias c=d")
    ''
      bindkey -v
    ''
  ];
  programs.zsh.shellAliases.a = "b";
}
""",
    )


def test_moving_all_leaves_what_is_in_conflict():
    text = (
        '{ time.timeZone = "CET"; system.activationScripts.a = "timedatectl set-timezone UTC; '
        'sysctl vm.swappiness=1; useradd -r a"; }'
    )
    conflict, *others = findings(text)
    assert (conflict.rule, conflict.fixes) == ("imp-timezone", ())
    assert [fix.title for each in others for fix in each.fixes[1:]] == ["Declare all 2 of this script"] * 2
    after = apply(text.encode(), others[0].fixes[1].edits[0].edits).decode()
    assert "timedatectl set-timezone UTC" in after
    assert "sysctl vm" not in after


# 6. Legitimate imperative code.


@pytest.mark.parametrize(
    "module",
    [
        f'{{ environment.shellAliases.utc = "{ZONE}"; }}',
        f'{{ programs.bash.shellAliases.utc = "{ZONE}"; }}',
        f'{{ powerManagement.resumeCommands = "{ZONE}"; }}',
        f'{{ systemd.services.fix-after-suspend.script = "{ZONE}"; }}',
        f'{{ systemd.services.a = {{ wantedBy = [ "suspend.target" ]; script = "{ZONE}"; }}; }}',
        f'{{ systemd.services.vpn.preStart = "ip netns add vpn\\n{ZONE}"; }}',
        f'{{ systemd.services.backup-db.preStart = "{ZONE}"; }}',
        f'{{ systemd.services.utc-toggle.script = "{ZONE}"; }}',
        f'{{ services.sxhkd.keybindings."super + t" = "{ZONE}"; }}',
        f'{{ systemd.services.a.postStop = "{ZONE}"; }}',
        f'{{ systemd.services.a = {{ preStart = "{ZONE}"; postStop = "undo"; }}; }}',
        f'{{ systemd.services.a.serviceConfig = {{ ExecStart = "{ZONE}"; ExecStop = "undo"; }}; }}',
    ],
)
def test_legitimate_commands_are_left(module: str):
    check_silent(module)


# 7. Lane first.


def test_nothing_is_said_without_a_lane():
    document = Document("/a.nix", f'{{ system.activationScripts.a = "{ZONE}"; }}'.encode())
    assert find_imperative(Bench(()), document) == []  # pyright: ignore[reportArgumentType]


def test_home_manager_inside_nixos_is_judged_by_its_own_options():
    check_rewrite(
        "imp-git-config-global",
        before="""\
{ lib, ... }:
{
  home-manager.users.alice = {
    home.activation.git = lib.hm.dag.entryAfter [ "writeBoundary" ] "git config --global user.name Alice";
  };
}
""",
        after="""\
{ lib, ... }:
{
  home-manager.users.alice = {
    programs.git = {
      enable = true;
      settings.user.name = "Alice";
    };
  };
}
""",
    )


def test_options_written_with_a_lead_keep_it():
    check_rewrite(
        "imp-timezone",
        before=f'{{ ... }}:\n{{\n  options.a = 1;\n  config.system.activationScripts.a = "{ZONE}";\n}}\n',
        after='{ ... }:\n{\n  options.a = 1;\n  config.time.timeZone = "UTC";\n}\n',
    )


def test_a_module_set_without_the_script_option_is_left():
    check_silent(f'{{ home.activation.a = "{ZONE}"; }}')


# 8. Secrets.


def test_a_secret_in_an_alias_is_neither_moved_nor_shown():
    found = findings("{ programs.bash.initExtra = \"alias t='curl https://me:hunter2@example.org'\"; }", "home-manager")
    assert [diagnostic.fixes for diagnostic in found] == [()]
    assert "hunter2" not in found[0].message


def test_moving_all_of_a_script_leaves_the_secret():
    text = (
        "{ home.activation.git = ''\n  git config --global user.name A\n  git config --global github.token abcdefabcdef\n"
        "  git config --global pull.rebase true\n''; }"
    )
    fixes = [fix for diagnostic in findings(text, "home-manager") for fix in diagnostic.fixes]
    assert fixes
    for fix in fixes:
        assert all("abcdefabcdef" not in edit.text for each in fix.edits for edit in each.edits)
        assert b"github.token abcdefabcdef" in apply(text.encode(), fix.edits[0].edits)


# 9. The diagnostic and its edit.


def test_a_hint_covers_the_commands_words():
    text = "{ system.activationScripts.a = ''\n  # é\n  x; sudo timedatectl   set-timezone UTC || true; y\n''; }"
    (found,) = findings(text)
    assert found.severity is Severity.HINT
    assert text.encode()[found.span.start : found.span.end].decode() == "sudo timedatectl   set-timezone UTC"


def test_each_fix_is_one_edit_of_one_file():
    found = findings(f'{{ system.activationScripts.a = "{ZONE}; sysctl vm.swappiness=1"; }}')
    assert [fix.title for diagnostic in found for fix in diagnostic.fixes] == [
        "Declare `time.timeZone` instead",
        "Declare all 2 of this script",
        'Declare `boot.kernel.sysctl."vm.swappiness"` instead',
        "Declare all 2 of this script",
    ]
    assert all(len(fix.edits) == 1 for diagnostic in found for fix in diagnostic.fixes)


@pytest.mark.parametrize(
    ("script", "count"),
    [
        (f"# nix-lsp: ignore imp-timezone\n{ZONE}", 0),
        (f"{ZONE} # nix-lsp: ignore imp-timezone", 0),
        (f"# nix-lsp: ignore imp-timezone\n\n{ZONE}", 1),
        (f"# nix-lsp: ignore imp-sysctl\n{ZONE}", 1),
        (f"# nix-lsp: ignore imp-sysctl, imp-timezone\n{ZONE}", 0),
    ],
)
def test_a_comment_in_the_script_switches_a_rewrite_off(script: str, count: int):
    assert len(findings("{ system.activationScripts.a = ''\n" + script + "\n''; }")) == count


def test_a_service_that_never_runs_is_left():
    check_silent(f'{{ systemd.services.a = {{ enable = false; script = "{ZONE}"; }}; }}')


def test_a_service_with_a_timer_is_for_review():
    (found,) = findings(
        f'{{ systemd.timers.a.timerConfig.OnCalendar = "daily"; systemd.services.a.script = "{ZONE}"; }}'
    )
    assert [fix.tier for fix in found.fixes] == [Tier.REVIEW]


def test_home_manager_options_on_one_path_keep_the_user_in_front():
    check_rewrite(
        "imp-git-config-global",
        before='{\n  home-manager.users.alice.home.activation.git = "git config --global user.name A";\n}\n',
        after=(
            "{\n  home-manager.users.alice.programs.git = {\n    enable = true;\n"
            '    settings.user.name = "A";\n  };\n}\n'
        ),
    )


def test_a_comment_with_nix_in_it_is_not_copied_and_one_that_stays_is_not_doubled():
    check_rewrite(
        "imp-timezone",
        before=f"{{\n  system.activationScripts.a = ''\n    # ${{x}}\n    # stays\n    {ZONE}\n    y\n  '';\n}}\n",
        after="{\n  system.activationScripts.a = ''\n    # ${x}\n    # stays\n    y\n  '';\n  time.timeZone = \"UTC\";\n}\n",
    )


def test_a_comment_stands_above_what_is_new_of_a_path():
    check_rewrite(
        "imp-ln-activation",
        before='{\n  # why\n  system.activationScripts.a.text = "ln -sfn /srv/x /opt/x";\n}\n',
        after='{\n  # why\n  systemd.tmpfiles.settings."10-a"."/opt/x"."L+".argument = "/srv/x";\n}\n',
    )


def test_the_module_of_an_option_is_not_told_to_use_it():
    check_silent(
        "{ lib, ... }:\n{\n  options.time.timeZone = lib.mkOption { };\n"
        f"  config.system.activationScripts.a = ''\n    {ZONE}\n  '';\n}}\n"
    )
