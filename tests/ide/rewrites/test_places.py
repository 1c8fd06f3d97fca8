"""Where scripts stand: sets under a condition, lists of arguments."""

from __future__ import annotations

import pytest

from nix_lsp.ide.rewrites.imperative.arguments import read_arguments
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.span import Span

from .bench import check_no_edit, check_rewrite, check_silent

LINGER = "imp-linger"
ZONE = "timedatectl set-timezone UTC"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f'  system.activationScripts = lib.mkIf c {{\n    a = "x; {ZONE}";\n    b = "y";\n  }};\n',
            (
                '  system.activationScripts = lib.mkIf c {\n    a = "x";\n    b = "y";\n  };\n'
                '  time.timeZone = lib.mkIf c "UTC";\n'
            ),
        ),
        (
            f'  system.activationScripts = lib.mkIf c {{\n    a = "{ZONE}";\n    b = "y";\n  }};\n',
            '  system.activationScripts = lib.mkIf c {\n    b = "y";\n  };\n  time.timeZone = lib.mkIf c "UTC";\n',
        ),
        (
            f'  system.activationScripts = (mkIf (a && b) {{ a.text = "{ZONE}"; }});\n',
            '  time.timeZone = mkIf (a && b) "UTC";\n',
        ),
        (
            f'  system = lib.mkIf c {{ activationScripts.a = "{ZONE}"; }};\n',
            '  time.timeZone = lib.mkIf c "UTC";\n',
        ),
    ],
)
def test_a_condition_round_a_set_of_scripts_goes_with_what_they_say(before: str, after: str):
    check_rewrite("imp-timezone", f"{{\n{before}}}\n", f"{{\n{after}}}\n")


def test_what_is_defined_already_is_not_made_conditional():
    module = (
        'networking.firewall.allowedTCPPorts = [ 1 ]; system.activationScripts = lib.mkIf c { a = "ufw allow 2"; };'
    )
    check_no_edit(f"{{ {module} }}", "a condition decides")


@pytest.mark.parametrize(
    "value",
    [
        f'lib.mkIf c {{ a = lib.mkIf d "{ZONE}"; }}',
        f'lib.mkIf c (lib.mkIf d {{ a = "{ZONE}"; }})',
        f'lib.mkIf c (rec {{ a = "{ZONE}"; }})',
        f'f {{ a = "{ZONE}"; }}',
    ],
)
def test_a_set_under_anything_else_is_left(value: str):
    check_silent(f"{{ system.activationScripts = {value}; }}")


SLEEP = '"/usr/bin/pmset" "-a" "sleep" "0"'


def daemon(arguments: str) -> str:
    """Return a nix-darwin module with a daemon that runs a list of arguments."""
    return f"{{\n  launchd.daemons.x.serviceConfig = {{\n    RunAtLoad = true;\n    ProgramArguments = [ {arguments} ];\n  }};\n}}\n"


DECLARED = '  power.sleep.computer = "never";\n'


@pytest.mark.parametrize(
    "arguments",
    [
        SLEEP,
        '"/bin/sh" "-c" "pmset -a sleep 0"',
        "\"/bin/bash\" \"-ec\" ''\n      pmset -a sleep 0\n    ''",
        '"${pkgs.writeShellScript "x" "pmset -a sleep 0"}"',
    ],
)
def test_what_a_daemon_of_launchd_runs_is_read(arguments: str):
    check_rewrite("imp-pmset", daemon(arguments), f"{{\n{DECLARED}}}\n", "nix-darwin")


def test_the_rest_of_a_daemon_s_script_stays():
    after = daemon('"/bin/sh" "-c" "x"').replace("\n}\n", f"\n{DECLARED}}}\n")
    check_rewrite("imp-pmset", daemon('"/bin/sh" "-c" "x; pmset -a sleep 0"'), after, "nix-darwin")


def test_an_argument_goes_as_a_whole():
    source = b'[ "sudo" "-n"  "x y" ]'
    content = read_arguments(Document("", source).root.named_children[0])
    assert content is not None
    gone = content.source_span(Span(0, len("sudo -n ")))
    assert source[: gone.start] + source[gone.end :] == b'[ "x y" ]'


@pytest.mark.parametrize(
    "arguments",
    [f'"/bin/echo" {SLEEP}', '"/bin/sh" "-x" "pmset -a sleep 0"', f"{SLEEP} x", '"pmset -a sleep 0"'],
)
def test_other_arguments_are_left(arguments: str):
    check_silent(daemon(arguments), "nix-darwin")


def test_a_list_of_arguments_is_read_as_a_line_of_shell():
    document = Document("", b"""[ "/a/b" "c d" "${x.y}/z" ''e "f"'' ]""")
    content = read_arguments(document.root.named_children[0])
    assert content is not None
    assert content.text == """/a/b 'c d' nix_hole_0/z 'e "f"'"""
    (hole,) = content.holes
    assert (hole.expression, content.text[hole.span.start : hole.span.end]) == ("x.y", "nix_hole_0")


@pytest.mark.parametrize("source", ['[ "a" b ]', '[ "a" "it\'s" ]', '"a"'])
def test_other_lists_are_not_read(source: str):
    assert read_arguments(Document("", source.encode()).root.named_children[0]) is None


@pytest.mark.parametrize(
    "uses",
    [
        'system.activationScripts.a = "${script}"; environment.systemPackages = [ script ];',
        'system.activationScripts.a = "${script}"; system.activationScripts.b = "${script}";',
        'systemd.services.a = { wantedBy = [ "multi-user.target" ]; preStart = "${script}"; }; environment.etc.x.source = script;',
    ],
)
def test_a_script_that_is_used_in_other_places_too_is_told_of_once_and_stays(uses: str):
    check_no_edit(
        f"""{{ pkgs, ... }}:
let
  script = pkgs.writeShellScript "s" "loginctl enable-linger alice";
in
{{ {uses} }}
""",
        "the script is used in other places too",
    )


def test_a_script_that_only_people_run_is_nothing_to_tell():
    check_silent(
        """{ pkgs, ... }:
let
  script = pkgs.writeShellScriptBin "s" "loginctl enable-linger alice";
in
{ environment.systemPackages = [ script ]; environment.etc.x.source = script; }
"""
    )


def test_a_comment_or_a_text_that_has_the_name_is_no_use():
    check_rewrite(
        LINGER,
        before="""{ pkgs, ... }:
let
  script = "loginctl enable-linger alice";
in
{
  # What script does.
  system.activationScripts.a = script;
  environment.etc.x.text = "script";
}
""",
        after="""{ pkgs, ... }:
{
  # What script does.
  users.users.alice.linger = true;
  environment.etc.x.text = "script";
}
""",
    )
