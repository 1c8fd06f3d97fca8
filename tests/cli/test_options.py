"""`nix-lsp options`: looking up, and what changes between two releases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nix_lsp.__main__ import main
from tests.flake import write_flake


@pytest.fixture(autouse=True)
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_flake(tmp_path, "{ }")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["options", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_path_shows_what_is_known_of_it(capsys: pytest.CaptureFixture[str]):
    code, out, _ = run(capsys, "services.openssh.enable", "--set", "nixos")
    assert code == 0
    assert "type         boolean" in out
    assert "nixos/modules/services/networking/ssh/sshd.nix" in out


def test_a_path_that_moved_says_where_to(capsys: pytest.CaptureFixture[str]):
    _, out, _ = run(capsys, "hardware.opengl.enable", "--pin", "25.11", "--format", "json")
    [found] = json.loads(out)
    assert (found["standing"], found["target"]) == ("renamed", "hardware.graphics.enable")


def test_words_are_searched_for_and_counted(capsys: pytest.CaptureFixture[str]):
    code, out, _ = run(capsys, "openssh", "password", "--format", "json", "--limit", "2")
    assert code == 0
    found = json.loads(out)
    assert 0 < len(found) <= 2
    assert all("openssh" in each["path"].lower() and "password" in each["path"].lower() for each in found)


def test_what_is_not_found_is_told_with_what_was_meant(capsys: pytest.CaptureFixture[str]):
    code, out, err = run(capsys, "services.openssh.enabel", "--set", "nixos")
    assert (code, out) == (1, "")
    assert "did you mean services.openssh.enable" in err


def test_two_releases_are_compared(capsys: pytest.CaptureFixture[str]):
    code, out, _ = run(capsys, "--diff", "25.05", "25.11", "--set", "home-manager", "--format", "json")
    assert code == 0
    found = {each["path"]: each for each in json.loads(out)}
    assert found["programs.git.settings"]["kind"] == "came"
    assert (found["programs.git.userName"]["kind"], found["programs.git.userName"]["after"]) == (
        "moved",
        "programs.git.settings.user.name",
    )
    assert list(found) == sorted(found, key=lambda path: path.split("."))


def test_a_release_does_not_differ_from_itself(capsys: pytest.CaptureFixture[str]):
    assert run(capsys, "--diff", "25.11", "25.11", "--set", "nix-darwin")[0] == 1


@pytest.mark.parametrize(
    "arguments", [[], ["x", "--diff", "1", "2"], ["x", "--limit", "0"], ["x", "--format", "markdown"]]
)
def test_what_makes_no_sense_is_refused(arguments: list[str]):
    with pytest.raises(SystemExit) as stopped:
        main(["options", *arguments])
    assert stopped.value.code == 2


def test_an_unknown_release_is_refused(capsys: pytest.CaptureFixture[str]):
    code, out, err = run(capsys, "x", "--pin", "tomorrow")
    assert (code, out) == (2, "")
    assert "`tomorrow` names no revision" in err
