"""The second choice: options go into the file of the same hosts that defines them already."""

from __future__ import annotations

import pytest

from nix_lsp.ide.actions import QUICK_FIX, code_actions
from nix_lsp.ide.edits import apply
from nix_lsp.syntax.document import Document
from nix_lsp.syntax.span import Span
from tests.fixture import Fixture, project

FLAKE = """\
#- /flake.nix
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix ]; };
    nixosConfigurations.b = nixpkgs.lib.nixosSystem { modules = [ ./b.nix ]; };
  };
}
#- /b.nix
{ imports = [ B ]; }
#- /configuration.nix
{ pkgs, ... }:
{
  imports = [
    ./users.nix
    ./programs.nix
  ];
}
"""
ZSH = "chsh -s ${pkgs.zsh}/bin/zsh alice"
USERS = """\
{ pkgs, ... }:
{
  users.users.alice = {
    isNormalUser = true;
  };
  boot.kernel.sysctl."vm.swappiness" = 10;
  networking.firewall.allowedTCPPorts = [ 22 ];
}
"""
PROGRAMS = """\
{ pkgs, ... }:
{
  environment.systemPackages = with pkgs; [
    git
  ];
  system.activationScripts.a = ''
    echo hello
    $0COMMAND
  '';
}
"""


def fixture(command: str, users: str = USERS, programs: str = PROGRAMS, b: str = "") -> Fixture:
    files = f"{FLAKE.replace('B', b)}#- /users.nix\n{users}#- /programs.nix\n{programs.replace('COMMAND', command)}"
    return project(files, pin="26.05")


def offered(made: Fixture) -> dict[str, dict[str, str]]:
    """Return the second choices: their titles, and what each makes of the files that it changes."""
    found: dict[str, dict[str, str]] = {}
    for action in code_actions(made.workspace, made.document, Span(made.offset, made.offset), [QUICK_FIX]):
        if len(action.fix.edits) > 1:
            assert not action.fix.preferred
            results: dict[str, str] = {}
            for file in action.fix.edits:
                before = made.workspace.document(file.path)
                assert before is not None
                results[file.path] = apply(before.source, file.edits).decode()
                assert not Document(file.path, results[file.path].encode()).root.has_error
            found[action.title] = results
    return found


@pytest.mark.parametrize(
    ("command", "title", "before", "after"),
    [
        (
            "loginctl enable-linger alice",
            "Declare `users.users.alice.linger` in ./users.nix instead",
            "    isNormalUser = true;\n",
            "    isNormalUser = true;\n    linger = true;\n",
        ),
        (
            "sysctl -w net.ipv4.ip_forward=1",
            'Declare `boot.kernel.sysctl."net.ipv4.ip_forward"` in ./users.nix instead',
            '  boot.kernel.sysctl."vm.swappiness" = 10;\n',
            '  boot.kernel.sysctl."vm.swappiness" = 10;\n  boot.kernel.sysctl."net.ipv4.ip_forward" = 1;\n',
        ),
    ],
)
def test_an_option_joins_its_like_in_another_file(command: str, title: str, before: str, after: str):
    assert offered(fixture(command)) == {
        title: {
            "/programs.nix": PROGRAMS.replace("    $0COMMAND\n", ""),
            "/users.nix": USERS.replace(before, after),
        }
    }


def test_applied_once_nothing_is_left_to_offer():
    made = fixture("loginctl enable-linger alice")
    ((_, results),) = offered(made).items()
    again = fixture("", users=results["/users.nix"], programs=results["/programs.nix"])
    assert not code_actions(again.workspace, again.document, Span(0, len(again.document.source)), [QUICK_FIX])


def test_what_the_file_has_itself_stays_in_it():
    assert offered(fixture("nix-env -iA nixos.vim")) == {}


def test_a_package_goes_to_the_list_of_another_file_with_its_argument_and_its_comment():
    users = "{\n  environment.systemPackages = [ ];\n}\n"
    programs = PROGRAMS.replace("  environment.systemPackages = with pkgs; [\n    git\n  ];\n", "").replace(
        "    echo hello\n", ""
    )
    ((title, results),) = offered(fixture("nix-env -iA nixos.vim", users=users, programs=programs)).items()
    assert title == "Declare `environment.systemPackages` in ./users.nix instead"
    assert results == {
        "/programs.nix": "{ pkgs, ... }:\n{ }\n",
        "/users.nix": "{ pkgs, ... }:\n\n{\n  environment.systemPackages = [ pkgs.vim ];\n}\n",
    }


@pytest.mark.parametrize(
    "users",
    [
        "# Do not modify this file!\n" + USERS,
        "{ lib, config, ... }:\n{\n  users.users.alice = lib.mkIf config.a { isNormalUser = true; };\n}\n",
        "{ lib, config, ... }:\nlib.mkIf config.a {\n  users.users.alice.isNormalUser = true;\n}\n",
        "let shared = { isNormalUser = true; }; in\n{\n  users.users.alice = shared;\n}\n",
        "{\n  users.users.bob.isNormalUser = true;\n}\n",
        "{ pkgs, ... }:\n{\n  users.users.alice = {\n    linger = false;\n  };\n}\n",
        "{ pkgs }:\n{\n  users.users.alice.isNormalUser = true\n}\n",
    ],
)
def test_files_that_are_generated_conditional_or_say_something_else_are_left_alone(users: str):
    assert offered(fixture("loginctl enable-linger alice", users=users)) == {}


def test_a_file_that_other_hosts_have_too_is_left_alone():
    assert offered(fixture("loginctl enable-linger alice", b="./users.nix")) == {}
    assert offered(fixture("loginctl enable-linger alice", b="./programs.nix")) == {}
    assert len(offered(fixture("loginctl enable-linger alice", b="./users.nix ./programs.nix"))) == 1


@pytest.mark.parametrize(
    ("programs", "command"),
    [
        # Another `pkgs`, a name of this file, a condition of its own.
        (PROGRAMS.replace("{ pkgs, ... }:\n", "{ inputs, ... }:\nlet pkgs = inputs.other; in\n"), ZSH),
        (
            PROGRAMS.replace("{ pkgs, ... }:\n", "{ pkgs, ... }:\nlet shell = pkgs.zsh; in\n"),
            "chsh -s ${shell}/bin/x alice",
        ),
        (PROGRAMS.replace("Scripts.a = ", "Scripts.a = lib.mkIf config.b "), "loginctl enable-linger alice"),
    ],
)
def test_what_means_something_here_only_stays_here(programs: str, command: str):
    assert offered(fixture(command, programs=programs)) == {}


def test_what_is_switched_on_for_it_goes_along():
    ((title, results),) = offered(fixture(ZSH)).items()
    assert title.startswith("Declare `users.users.alice.shell` in ./users.nix instead")
    assert "  programs.zsh.enable = true;\n" in results["/users.nix"]
    assert "    isNormalUser = true;\n    shell = pkgs.zsh;\n" in results["/users.nix"]


def test_a_file_that_nobody_is_known_to_build_has_no_other_file():
    text = f"#- /users.nix\n{USERS}#- /programs.nix\n{PROGRAMS.replace('COMMAND', 'sysctl -w net.ipv4.ip_forward=1')}"
    assert offered(project(text, pin="26.05")) == {}
