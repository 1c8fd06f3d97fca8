"""`nix-lsp import`: what is printed, what is written, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from nix_lsp.__main__ import main
from tests.flake import write_flake

MODULE = "{ ... }:\n{\n  # ours\n}\n"


@pytest.fixture(autouse=True)
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_flake(tmp_path, "{ nixosConfigurations.a = nixpkgs.lib.nixosSystem { modules = [ ./configuration.nix ]; }; }")
    (tmp_path / "configuration.nix").write_text(MODULE)
    (tmp_path / "hosts").write_text("10.0.0.5 nas\nbroken\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["import", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_module_is_printed(capsys: pytest.CaptureFixture[str]):
    code, out, err = run(capsys, "hosts")
    assert code == 0
    assert out == '{ ... }:\n\n{\n  networking.hosts."10.0.0.5" = [ "nas" ];\n\n  # Left of hosts:\n  #   broken\n}\n'
    assert err == "hosts (hosts): 1 declared, 1 left as comments\n"


def test_several_files_become_one_module(capsys: pytest.CaptureFixture[str], box: Path):
    (box / "sysctl.conf").write_text("kernel.panic=5\n")
    code, out, _ = run(capsys, "hosts", "sysctl.conf")
    assert code == 0
    assert '"kernel.panic" = 5;' in out
    assert '"10.0.0.5"' in out


def test_a_module_is_added_to_in_place(capsys: pytest.CaptureFixture[str], box: Path):
    code, out, _ = run(capsys, "hosts", "--into", "configuration.nix")
    assert (code, out) == (0, "")
    text = (box / "configuration.nix").read_text()
    assert "  # ours\n" in text
    assert 'networking.hosts."10.0.0.5" = [ "nas" ];' in text
    run(capsys, "hosts", "--into", "configuration.nix")
    assert (box / "configuration.nix").read_text() == text


def test_a_kind_can_be_told(capsys: pytest.CaptureFixture[str], box: Path):
    (box / "list.txt").write_text("10.0.0.7 x\n")
    code, _, err = run(capsys, "list.txt")
    assert (code, "--as" in err) == (2, True)
    code, out, _ = run(capsys, "list.txt", "--as", "hosts")
    assert (code, '"10.0.0.7"' in out) == (0, True)


def test_where_nothing_can_be_said_nothing_is_written(capsys: pytest.CaptureFixture[str], box: Path):
    (box / "authorized_keys").write_text("ssh-ed25519 AAAAC3Nz a\n")
    code, out, err = run(capsys, "authorized_keys")
    assert (code, out) == (1, "")
    assert "--user" in err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("missing.sh",), "missing.sh"),
        (("binary.sh",), "is no text"),
        (("hosts", "--set", "home-manager"), "no module of nixos"),
        (("hosts", "Brewfile"), "different module sets"),
        (("hosts", "--into", "other.nix"), "cannot be read"),
        (("hosts", "--pin", "wat"), "wat"),
    ],
)
def test_what_cannot_be_done_is_said(
    capsys: pytest.CaptureFixture[str], box: Path, arguments: tuple[str, ...], reason: str
):
    (box / "binary.sh").write_bytes(b"\0\1")
    (box / "Brewfile").write_text('brew "x"\n')
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert reason in err
    assert (box / "configuration.nix").read_text() == MODULE
