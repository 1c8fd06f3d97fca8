"""Module sets beside the first that a row was written for, and those that it stays out of."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nix_lsp.analysis.project import Settings
from nix_lsp.ide.edits import apply
from nix_lsp.ide.rewrites.imperative.findings import find_imperative
from nix_lsp.ide.rewrites.imperative.rewrite import Rewrite
from nix_lsp.ide.rewrites.imperative.table import HABITS
from tests.fixture import project

from .cases.case import activation, mac, switch, whole

if TYPE_CHECKING:
    from nix_lsp.ide.model import Diagnostic

_ROOT = Path(__file__).parents[3]
_CATALOGUE = _ROOT.parent / "shared" / "guide" / "imperative.json"
_SETS = {"N": {"nixos"}, "H": {"home-manager"}, "D": {"nix-darwin"}, "F": {"dev-shell", "devenv"}}
_NAMES = {"NixOS": "nixos", "home-manager": "home-manager", "nix-darwin": "nix-darwin"}
HOME, SYSTEM, MAC, SHELL = "/home.nix", "/configuration.nix", "/darwin-configuration.nix", "/shell.nix"
_BACKUP = (
    'systemd.user.services.backup.Service.ExecStart = "${pkgs.restic}/bin/restic -r /mnt/repo backup /home/alice";\n'
    'systemd.user.timers.backup.Timer.OnCalendar = "daily";\n'
)


@pytest.mark.parametrize(
    ("row", "file", "body", "after"),
    [
        (
            "imp-nix-profile-install",
            SHELL,
            'shellHook = "nix profile install nixpkgs#ripgrep";\n',
            "packages = [ pkgs.ripgrep ];\n",
        ),
        (
            "imp-sudo-in-root",
            MAC,
            mac("sudo systemsetup -getremotelogin"),
            mac("systemsetup -getremotelogin"),
        ),
        (
            "imp-xdg-mime",
            SYSTEM,
            'services.xserver.displayManager.sessionCommands = "xdg-mime default firefox.desktop text/html";\n',
            'xdg.mime.defaultApplications."text/html" = "firefox.desktop";\n',
        ),
    ],
)
def test_another_module_set_has_an_edit(row: str, file: str, body: str, after: str):
    text = whole(file, body)
    found = _found(row, file, text)
    assert apply(text.encode(), found[0].fixes[0].edits[0].edits).decode() == whole(file, after)


@pytest.mark.parametrize(
    ("row", "file", "body", "said"),
    [
        ("imp-nix-channel", SHELL, 'shellHook = "nix-channel --update";\n', "what its project pins"),
        ("imp-allow-unfree-env", SHELL, 'shellHook = "export NIXPKGS_ALLOW_UNFREE=1";\n', "config.allowUnfree"),
        ("imp-systemctl-restart", HOME, switch("systemctl --user restart waybar"), "X-Restart-Triggers"),
        ("imp-resolv-conf", MAC, mac("echo nameserver 1.1.1.1 > /etc/resolv.conf"), "`networking.dns`"),
        ("imp-docker-network", HOME, switch("podman network create web"), "`services.podman.networks`"),
        ("imp-flatpak", HOME, switch("flatpak install --user -y flathub org.kde.krita"), "nix-flatpak"),
        ("imp-backup-script", HOME, _BACKUP, "`services.restic.backups`"),
        ("imp-known-hosts", HOME, switch("ssh-keyscan github.com >> ~/.ssh/known_hosts"), "UserKnownHostsFile"),
    ],
)
def test_another_module_set_has_an_explanation(row: str, file: str, body: str, said: str):
    (found,) = _found(row, file, whole(file, body))
    assert said in found.message
    assert not found.fixes


@pytest.mark.parametrize(
    ("row", "file", "body"),
    [
        ("imp-systemctl-restart", HOME, switch("systemctl restart nginx")),
        ("imp-systemctl-restart", SYSTEM, activation("systemctl --user restart waybar")),
        ("imp-sudo-in-root", MAC, mac("sudo -u alice defaults read")),
        ("imp-sudo-in-root", MAC, 'system.activationScripts.postUserActivation.text = "sudo systemsetup -f";\n'),
        ("imp-backup-script", HOME, _BACKUP.replace(" backup ", " check ")),
        ("imp-backup-script", HOME, _BACKUP.partition("\n")[0] + "\n"),
        ("imp-known-hosts", HOME, switch("ssh-keyscan github.com > ~/keys")),
        ("imp-allow-unfree-env", SHELL, 'shellHook = "export NIXPKGS_ALLOW_UNFREE=$X";\n'),
    ],
)
def test_what_is_not_for_the_other_module_set_is_left(row: str, file: str, body: str):
    assert _found(row, file, whole(file, body)) == []


@pytest.mark.skipif(not _CATALOGUE.is_file(), reason="the catalogue that the rows were written from is not here")
def test_a_row_is_offered_where_the_catalogue_has_it_or_a_reason_is_given():
    """If this fails: give the row the module set, or `docs/lanes.md` the reason."""
    wanted = {
        row["id"]: set[str]().union(*(_SETS[lane] for lane in row["lane"]))
        for row in json.loads(_CATALOGUE.read_text())
    }
    missing = {(row.id, lane) for row in HABITS if isinstance(row, Rewrite) for lane in wanted[row.id] - row.lanes}
    page = (_ROOT / "docs" / "lanes.md").read_text(encoding="utf-8")
    explained = {(row, _NAMES[lane]) for row, lane in re.findall(r"^\| `(\S+)` \| (\S+) \| \S", page, re.MULTILINE)}
    assert missing == explained


def _found(row: str, file: str, text: str) -> list[Diagnostic]:
    fixture = project(f"#- {file}\n{text}", settings=Settings(pin="26.05"))
    return [each for each in find_imperative(fixture.workspace, fixture.document) if each.rule == row]
