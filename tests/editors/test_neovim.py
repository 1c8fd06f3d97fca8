"""The server in the real Neovim, set up as editors/neovim/README.md says."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.flake import lock

from .waiting import DEADLINE, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HERE = Path(__file__).parent
PLUGIN = HERE.parents[1] / "editors" / "neovim"
# The settings that the README tells the user to start with.
INIT = re.findall(r"```lua\n(.*?)```", (PLUGIN / "README.md").read_text(), re.DOTALL)[0]


READING = """\
{ pkgs, ... }:
let
  greet = name: "hello ${name}";
in
{
  imports = [
    ./hardware.nix
  ];
  hardware.opengl.enable = true;
  environment.systemPackages = with pkgs; [ hello ];
  users.motd = greet "desk";
}
"""
"""A module with something to fold, to colour, to open and to say beside it."""

PORTS = """\
let
  webPort = 8080;
in
{
  inherit webPort;
}
"""

NAMES = """\
{ config, pkgs, ... }:
let
  inherit (import ./ports.nix) webPort;
  greet = name: greeting: "${greeting}, ${name}";
in
{
  networking.firewall.allowedTCPPorts = [ webPort ];
  environment.etc.port.text = toString webPort;
  users.motd = greet "WIDE" "hello";
  services.nginx = {
    enable = true;
  };
  environment.shells = [ pkgs.zsh ];
  systemd.services.backup.path = attrNames config;
}
"""
"""A module whose names come from another file, with something to flatten, to move out and to mend."""

FORMATTER = """\
#!/bin/sh
exec sed s/WIDE/narrow/
"""
"""A formatter as far as an editor is concerned: text in, other text out."""


class Neovim:
    """Neovim on `configuration.nix`, with an `init.lua` of the test's."""

    def __init__(self, executable: Path, project: Path, environment: Mapping[str, str]) -> None:
        self.executable = executable
        self.project = project
        self.environment = environment
        self.seen = project.parent / "seen.json"

    def start(self, acts: str, init: str = INIT) -> subprocess.Popen[str]:
        """Start the editor on the acts of `neovim.lua`, separated by spaces."""
        config = Path(self.environment["HOME"]) / ".config" / "nvim"
        shutil.copytree(PLUGIN, config)
        (config / "init.lua").write_text(init)
        return subprocess.Popen(
            [self.executable, "--headless", "configuration.nix", "-S", HERE / "neovim.lua"],
            cwd=self.project,
            env={
                **self.environment,
                "NIX_LSP_ACTS": acts,
                "NIX_LSP_SEEN": str(self.seen),
                "NIX_LSP_DEADLINE_MS": str(DEADLINE * 1000),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, acts: str, init: str = INIT) -> dict[str, Any]:
        """Run the acts to their end and return what they saw."""
        with self.start(acts, init) as process:
            try:
                messages, _ = process.communicate(timeout=DEADLINE + 10)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        assert self.seen.exists(), messages
        seen = json.loads(self.seen.read_text())
        assert "failure" not in seen, f"{seen}\n{messages}"
        return seen


@pytest.fixture
def neovim(program: Callable[[str], Path], project: Path, environment: Mapping[str, str]) -> Neovim:
    return Neovim(program("nvim"), project, environment)


def test_attaches_to_the_flake_with_utf_8_positions(neovim: Neovim) -> None:
    seen = neovim.run("attach")

    assert seen["client"]["encoding"] == "utf-8"
    assert seen["client"]["root"] == str(neovim.project)
    assert seen["client"]["server"]["name"] == "nix-lsp"


def test_marks_the_renamed_option_and_replaces_it(neovim: Neovim) -> None:
    seen = neovim.run("attach diagnose fix save")

    renamed = next(found for found in seen["diagnostics"] if found["code"] == "option-renamed")
    assert renamed["text"] == "hardware.opengl.enable"
    assert renamed["severity"] == "WARN"
    assert "hardware.graphics.enable" in renamed["message"]
    assert any("hardware.graphics.enable" in title for title in seen["actions"])
    saved = (neovim.project / "configuration.nix").read_text()
    assert "  hardware.graphics.enable = true;\n" in saved
    assert "opengl" not in saved


def test_hovers_over_an_option(neovim: Neovim) -> None:
    seen = neovim.run("attach hover")

    assert "services.openssh.enable" in seen["hover"]
    assert "boolean" in seen["hover"]


def test_completes_a_half_typed_option(neovim: Neovim) -> None:
    seen = neovim.run("attach complete save")

    assert seen["completion"][0]["word"].startswith("openssh")
    saved = (neovim.project / "configuration.nix").read_text()
    assert saved.count("  services.openssh.enable = true;\n") == 2


@pytest.mark.parametrize(
    "table",
    [
        "settings = { ['nix-lsp'] = { diagnostics = { ignore = { 'option-renamed' } } } }",
        "init_options = { diagnostics = { ignore = { 'option-renamed' } } }",
    ],
    ids=["settings", "init_options"],
)
def test_a_setting_silences_a_rule(neovim: Neovim, table: str) -> None:
    seen = neovim.run("attach silence", init=f"vim.lsp.config('nix_lsp', {{ {table} }})\n{INIT}")

    assert [found["code"] for found in seen["diagnostics"]] == ["option-unknown"]


def test_notices_that_the_lock_file_was_updated(neovim: Neovim) -> None:
    moved = "services.xserver.desktopManager.gnome.enable"  # renamed in 25.11
    configuration = neovim.project / "configuration.nix"
    configuration.write_text(configuration.read_text().replace("hardware.opengl.enable", moved))
    (neovim.project / "flake.lock").write_text(lock("nixos-25.05", "5" * 40, modified=1750000000))
    (neovim.project / "flake.lock.new").write_text(lock("nixos-25.11", "1" * 40, modified=1767100000))

    seen = neovim.run("attach update")

    assert [found["code"] for found in seen["before"]] == ["option-unknown"]
    assert [found["text"] for found in seen["diagnostics"] if found["code"] == "option-renamed"] == [moved]


def test_folds_colours_hints_links_and_selections(neovim: Neovim) -> None:
    (neovim.project / "hardware.nix").write_text("{ }\n")
    (neovim.project / "configuration.nix").write_text(READING)
    table = "settings = { ['nix-lsp'] = { hints = { closingNames = 3, packageVersions = true } } }"

    seen = neovim.run("attach read", init=f"vim.lsp.config('nix_lsp', {{ {table} }})\n{INIT}")

    # What closes a fold keeps its line: `in`, `}`.
    assert [fold[0] for fold in seen["closed"]] == [-1, 2, 2, -1, 5, 5, 5, 5, 5, 5, 5, -1]
    assert seen["tokens"] == {
        "pkgs": {"type": "parameter", "modifiers": ["declaration"]},
        "greet": {"type": "function", "modifiers": ["declaration"]},
        "opengl": {"type": "property", "modifiers": ["definition", "deprecated"]},
    }
    assert {"line": 8, "label": "imports"} in seen["hints"]
    assert any(hint["line"] == 10 and hint["label"].startswith("2.12") for hint in seen["hints"])
    assert seen["opened"].endswith("/hardware.nix")
    assert seen["selections"][1:] == ["hardware.opengl.enable", "hardware.opengl.enable = true;"]


@pytest.fixture
def names(neovim: Neovim) -> Neovim:
    """Neovim on a project whose names cross files."""
    (neovim.project / "ports.nix").write_text(PORTS)
    (neovim.project / "configuration.nix").write_text(NAMES)
    return neovim


def test_finds_and_renames_what_crosses_files(names: Neovim) -> None:
    seen = names.run("attach names rename sign save_all")

    assert seen["defined"] == [2, "webPort"]
    assert [row.split()[0] for row in seen["references"]] == [f"configuration.nix:{line}" for line in (3, 7, 8)]
    assert seen["highlights"] == [[3, "LspReferenceWrite"], [7, "LspReferenceRead"], [8, "LspReferenceRead"]]
    (symbol,) = seen["symbols"]
    assert symbol.startswith("configuration.nix:14 ")
    assert "systemd.services.backup.path" in symbol
    assert seen["renamed"] == ["webPort", "webPort"]
    assert "greet name greeting" in seen["signature"]
    assert seen["argument"] == "greeting"
    ports = (names.project / "ports.nix").read_text()
    assert ports == "let\n  port = 8080;\nin\n{\n  httpPort = port;\n}\n"
    saved = (names.project / "configuration.nix").read_text()
    assert saved == NAMES.replace(
        "inherit (import ./ports.nix) webPort;", "webPort = (import ./ports.nix).httpPort;"
    ).replace("  services.nginx", '  users.greeting = greet "desk" "hello";\n  services.nginx')


def test_refactors_mends_and_formats(names: Neovim) -> None:
    formatter = names.project.parent / "formatter"
    formatter.write_text(FORMATTER)
    formatter.chmod(0o755)
    table = f"settings = {{ ['nix-lsp'] = {{ formatting = {{ command = {{ '{formatter}' }} }} }} }}"

    names.run("attach refactor define format save_all", init=f"vim.lsp.config('nix_lsp', {{ {table} }})\n{INIT}")

    assert (names.project / "shells.nix").read_text() == "{ pkgs }:\n\n[ pkgs.zsh ]\n"
    lines = (names.project / "configuration.nix").read_text().splitlines()
    assert lines[8:] == [
        '  users.motd = greet "narrow" "hello";',
        "  services.nginx.enable = true;",
        "  environment.shells = import ./shells.nix { inherit pkgs; };",
        "  systemd.services.backup.path = builtins.attrNames config;",
        "}",
    ]


def test_the_server_leaves_with_the_editor(neovim: Neovim, servers: Callable[[], list[int]]) -> None:
    neovim.run("attach diagnose")

    assert wait_until(lambda: not servers(), seconds=5)


def test_the_server_leaves_when_the_editor_is_killed(neovim: Neovim, servers: Callable[[], list[int]]) -> None:
    with neovim.start("attach idle") as process:
        assert wait_until(neovim.seen.exists, seconds=DEADLINE)
        assert servers()
        os.kill(process.pid, signal.SIGKILL)

    assert wait_until(lambda: not servers(), seconds=5)
