"""The server in the real Helix, set up as editors/helix/README.md says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .terminal import Terminal
from .waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

LANGUAGES = Path(__file__).parents[2] / "editors" / "helix" / "languages.toml"


@pytest.fixture
def languages(environment: Mapping[str, str]) -> Path:
    """The user's `languages.toml`: the one this project gives out."""
    path = Path(environment["HOME"]) / ".config" / "helix" / "languages.toml"
    path.parent.mkdir(parents=True)
    path.write_text(LANGUAGES.read_text())
    return path


@pytest.fixture
def helix(
    program: Callable[[str], Path], project: Path, environment: Mapping[str, str], languages: Path
) -> Iterator[Terminal]:
    """Helix on `configuration.nix`."""
    command = [program("hx"), "configuration.nix"]
    with Terminal(program("tmux"), command, folder=project, environment=environment) as terminal:
        terminal.wait_for("hostNam")
        yield terminal


def goto(terminal: Terminal, text: str) -> None:
    terminal.type(f"gg/{text}")
    terminal.press("Enter")
    terminal.wait_for(r"[2-9]:\d+")


def save_and_quit(terminal: Terminal) -> None:
    terminal.type(":wq")
    terminal.press("Enter")
    terminal.wait_for_end()


def test_lists_the_diagnostics_with_their_ids(helix: Terminal) -> None:
    helix.wait_for("hardware.graphics.enable")  # the message, behind the line

    helix.type(" d")
    screen = helix.wait_for("option-renamed")

    assert "WARN" in screen
    assert "nix-lsp" in screen
    assert "option-unknown" in screen


def test_replaces_the_renamed_option(helix: Terminal, project: Path) -> None:
    helix.wait_for("hardware.graphics.enable")
    goto(helix, "hardware")

    helix.type(" a")
    helix.wait_for(r"(?i)(rename|replace|use)\W.*hardware\.graphics\.enable")
    helix.press("Enter")
    helix.wait_for(r"hardware\.graphics\.enable = true")
    save_and_quit(helix)

    saved = (project / "configuration.nix").read_text()
    assert "  hardware.graphics.enable = true;\n" in saved
    assert "opengl" not in saved


def test_hovers_over_an_option(helix: Terminal) -> None:
    helix.wait_for("hardware.graphics.enable")
    goto(helix, "ssh.enable")

    helix.type(" k")

    helix.wait_for("boolean")


def test_completes_a_half_typed_option(helix: Terminal, project: Path) -> None:
    helix.wait_for("hardware.graphics.enable")
    goto(helix, "services")

    helix.type("oservices.openss")
    helix.wait_for(r"(?m)^(?!.*services).*\bopenssh\b")  # the menu covers the lines below
    helix.press("Tab", "Enter")
    helix.wait_for(r"services\.openssh\s")
    helix.type(".enable = true;")
    helix.press("Escape")
    helix.wait_for(" NOR ")  # a key right behind Escape would read as Alt and that key
    save_and_quit(helix)

    assert (project / "configuration.nix").read_text().count("  services.openssh.enable = true;\n") == 2


@pytest.mark.parametrize("section", ["config.diagnostics", "config.nix-lsp.diagnostics"], ids=["flat", "nested"])
def test_a_setting_silences_a_rule(
    program: Callable[[str], Path], project: Path, environment: Mapping[str, str], languages: Path, section: str
) -> None:
    setting = f'[language-server.nix-lsp.{section}]\nignore = ["option-renamed"]\n'
    languages.write_text(f"{languages.read_text()}\n{setting}")

    command = [program("hx"), "configuration.nix"]
    with Terminal(program("tmux"), command, folder=project, environment=environment) as helix:
        helix.wait_for("hostNam\\W[^\n]*hostNam")  # option-unknown, behind the line
        helix.wait(lambda screen: "hardware.graphics.enable" not in screen, "option-renamed to leave")


def test_shows_hints_and_follows_a_link(
    program: Callable[[str], Path], project: Path, environment: Mapping[str, str], languages: Path
) -> None:
    (languages.parent / "config.toml").write_text("[editor.lsp]\ndisplay-inlay-hints = true\n")
    languages.write_text(f"{languages.read_text()}\n[language-server.nix-lsp.config.hints]\nclosingNames = 3\n")
    (project / "parts").mkdir()
    (project / "parts" / "default.nix").write_text("{ } # the parts\n")
    (project / "configuration.nix").write_text("{\n  imports = [\n    ./parts\n  ];\n}\n")

    command = [program("hx"), "configuration.nix"]
    with Terminal(program("tmux"), command, folder=project, environment=environment) as helix:
        helix.wait_for(r"\];\s*imports")
        goto(helix, "parts")
        helix.type("gf")

        helix.wait_for("the parts")


PORTS = """\
{
  webPort = 8080;
}
"""

NAMES = """\
{ pkgs, ... }:
let
  inherit (import ./ports.nix) webPort;
in
{
  networking.firewall.allowedTCPPorts = [ webPort ];
  environment.etc.port.text = toString webPort;
  hardware.opengl.enable = true;
  environment.shells = [ pkgs.zsh ];
}
"""
"""A module with a name from another file, and a value to move out."""


def test_finds_renames_and_moves_out_across_files(
    program: Callable[[str], Path], project: Path, environment: Mapping[str, str], languages: Path
) -> None:
    (project / "ports.nix").write_text(PORTS)
    (project / "configuration.nix").write_text(NAMES)
    command = [program("hx"), "configuration.nix"]
    with Terminal(program("tmux"), command, folder=project, environment=environment) as helix:
        helix.wait_for("hardware.graphics.enable")  # the server is there

        goto(helix, r"\[ pkgs.zsh \]")
        helix.type(" a")
        menu = helix.wait_for(r"Extract to \./shells\.nix").splitlines()
        rows = [next(row for row, line in enumerate(menu) if f"   Extract to {it}" in line) for it in ("a `", "./")]
        helix.press(*["Down"] * (rows[1] - rows[0]), "Enter")
        helix.wait_for(r"import \./shells\.nix")

        goto(helix, r"\[ webPort")
        helix.type(" h")
        helix.wait_for("2/3 sels")
        helix.type(",gr")
        references = helix.wait_for("3/3")
        helix.press("Escape")
        helix.wait(lambda screen: "3/3" not in screen, "the list to leave")

        helix.type("gd")
        helix.wait_for("webPort = 8080")
        helix.type(" r")
        helix.wait_for("rename-to:webPort")
        helix.press("C-u")
        helix.type("httpPort")
        helix.press("Enter")
        helix.wait_for("httpPort = 8080")
        helix.type(":wa")
        helix.press("Enter")
        helix.wait(lambda screen: "[+]" not in screen, "the files to be saved")
        helix.type(":q")
        helix.press("Enter")
        helix.wait_for_end()

    for line in (3, 6, 7):
        assert f"configuration.nix:{line} " in references
    assert (project / "ports.nix").read_text() == "{\n  httpPort = 8080;\n}\n"
    assert (project / "shells.nix").read_text() == "{ pkgs }:\n\n[ pkgs.zsh ]\n"
    saved = (project / "configuration.nix").read_text()
    assert "  webPort = (import ./ports.nix).httpPort;\n" in saved
    assert "  environment.shells = import ./shells.nix { inherit pkgs; };\n" in saved


def test_the_server_leaves_with_the_editor(helix: Terminal, servers: Callable[[], list[int]]) -> None:
    helix.wait_for("hardware.graphics.enable")
    assert servers()

    helix.type(":q!")
    helix.press("Enter")
    helix.wait_for_end()

    assert wait_until(lambda: not servers(), seconds=5)


def test_previews_an_upgrade(
    program: Callable[[str], Path], project: Path, environment: Mapping[str, str], languages: Path
) -> None:
    (project / "configuration.nix").write_text(
        '{\n  services.resolved.dnssec = "false";\n  hardware.opengl.enable = true;\n}\n'
    )
    command = [program("hx"), "configuration.nix"]
    with Terminal(program("tmux"), command, folder=project, environment=environment) as terminal:
        terminal.press("j")
        terminal.press("j")
        terminal.wait_for("hardware.graphics.enable")  # the server is there
        terminal.press("k")
        terminal.type(":lsp-workspace-command nix-lsp.drift.preview")
        terminal.type(' "26.05"')
        terminal.press("Enter")

        terminal.wait_for("dnssec. was renamed")
