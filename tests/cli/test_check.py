"""`nix-lsp check`: exit codes, the three formats, and fixes on disk."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from nix_lsp.__main__ import main
from tests.flake import write_flake
from tests.machine import missing, tools

DRIFTED = """{
  # the console
  hardware.opengl.enable = true; # fast
  services.openssh.enabel = true;
}
"""


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_flake(tmp_path, DRIFTED)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["check", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_findings_are_shown_in_their_line(box: Path, capsys: pytest.CaptureFixture[str]):
    code, out, _ = run(capsys)
    assert code == 1
    assert "warning[option-renamed]: `hardware.opengl.enable`" in out
    assert "--> configuration.nix:3:3" in out
    assert "3 |   hardware.opengl.enable = true; # fast\n  |   ^^^^^^^^^^^^^^^" in out
    assert "error[option-unknown]" in out
    assert "1 error, 1 warning in 1 file; 2 with a fix." in out


def test_a_clean_project_exits_with_zero(box: Path, capsys: pytest.CaptureFixture[str]):
    (box / "configuration.nix").write_text("{ hardware.graphics.enable = true; }\n")
    assert run(capsys)[:2] == (0, "No findings.\n")


def test_fix_applies_what_is_mechanical_and_reports_the_rest(box: Path, capsys: pytest.CaptureFixture[str]):
    code, out, _ = run(capsys, "--fix")
    assert (box / "configuration.nix").read_text() == DRIFTED.replace("hardware.opengl", "hardware.graphics")
    assert code == 1
    assert "option-renamed" not in out
    assert "option-unknown" in out


@pytest.mark.parametrize("wanted", [False, True])
def test_fix_takes_imperative_habits_only_where_the_settings_say_so(
    box: Path, capsys: pytest.CaptureFixture[str], wanted: bool
):
    (box / "configuration.nix").write_text('{ system.activationScripts.a = "modprobe kvm-intel"; }\n')
    if wanted:
        (box / ".nix-lsp.toml").write_text("[fixAll]\nimperative = true\n")
    run(capsys, "--fix")
    assert ("boot.kernelModules" in (box / "configuration.nix").read_text()) == wanted


def test_fix_keeps_a_file_s_mode_and_leaves_nothing_beside_it(box: Path, capsys: pytest.CaptureFixture[str]):
    file = box / "configuration.nix"
    file.chmod(0o640)
    before = set(box.iterdir())
    run(capsys, "--fix")
    assert file.stat().st_mode & 0o777 == 0o640
    assert set(box.iterdir()) == before


def test_a_full_disk_leaves_the_file_as_it_was(
    box: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    before = set(box.iterdir())
    code, _, err = run(capsys, "--fix")
    assert code == 2
    assert "No space left on device" in err
    assert (box / "configuration.nix").read_text() == DRIFTED
    assert set(box.iterdir()) == before


def test_pin_overrides_the_lock(box: Path, capsys: pytest.CaptureFixture[str]):
    (box / "configuration.nix").write_text("{ services.xserver.desktopManager.gnome.enable = true; }\n")
    assert run(capsys, "--pin", "25.05")[0] == 0
    assert run(capsys, "--pin", "25.11")[0] == 1
    assert run(capsys, "--pin", "26.11pre")[0] == 1


@pytest.mark.parametrize("arguments", [["nowhere.nix"], ["--pin", "tomorrow"], ["--pin", "27.05pre"]])
def test_what_cannot_run_exits_with_two(box: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]):
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("nix-lsp check: ")


def test_json_has_places_and_edits(box: Path, capsys: pytest.CaptureFixture[str]):
    _, out, _ = run(capsys, "--format", "json")
    renamed, unknown = json.loads(out)
    assert (renamed["rule"], renamed["file"], renamed["severity"]) == ("option-renamed", "configuration.nix", "warning")
    assert renamed["start"] == {"line": 3, "column": 3, "offset": 20}
    [edit] = renamed["fixes"][0]["edits"]
    source = DRIFTED.encode()
    assert (
        source[: edit["start"]] + edit["text"].encode() + source[edit["end"] :]
        == DRIFTED.replace("hardware.opengl", "hardware.graphics").encode()
    )
    assert unknown["rule"] == "option-unknown"


def schema() -> dict[str, Any]:
    """Return SARIF's own schema, which `scripts/provision-schemas` brings."""
    file = tools() / "sarif-schema-2.1.0.json"
    if not file.exists():
        missing("no SARIF schema: run scripts/provision-schemas")
    return json.loads(file.read_text())


@pytest.mark.parametrize(
    "text", [DRIFTED, "{ }", "{ a = ; }", "{\n  hardware.opengl = {\n    enable = true;\n  };\n}\n"]
)
def test_sarif_validates_against_its_schema(box: Path, capsys: pytest.CaptureFixture[str], text: str):
    (box / "configuration.nix").write_text(text)
    _, out, _ = run(capsys, "--format", "sarif")
    jsonschema.validate(json.loads(out), schema())  # pyright: ignore[reportUnknownMemberType]


def test_sarif_names_rule_place_and_fix(box: Path, capsys: pytest.CaptureFixture[str]):
    _, out, _ = run(capsys, "--format", "sarif")
    [log] = json.loads(out)["runs"]
    result = log["results"][0]
    assert log["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "option-renamed"
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "configuration.nix"
    assert (location["region"]["startLine"], location["region"]["startColumn"]) == (3, 3)
    assert result["fixes"][0]["artifactChanges"][0]["replacements"]


def test_columns_count_code_points(box: Path, capsys: pytest.CaptureFixture[str]):
    (box / "configuration.nix").write_text("{ /* 🎉é */ hardware.opengl.enable = true; }\n")
    _, out, _ = run(capsys, "--format", "json")
    assert json.loads(out)[0]["start"]["column"] == 12


def test_a_long_line_is_cut_round_its_place(box: Path, capsys: pytest.CaptureFixture[str]):
    (box / "configuration.nix").write_text(
        f'{{ x = "{"a" * 9000}"; hardware.opengl.enable = true; y = "{"b" * 9000}"; }}\n'
    )
    _, out, _ = run(capsys)
    assert "hardware.opengl.enable" in out
    assert max(map(len, out.splitlines())) < 600


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000 + ")" * 100_000,
        "[" * 100_000,
        "{ a = " * 50_000,
        "x: " * 50_000 + "x",
        '"${' * 30_000,
        "{ " + "a." * 50_000 + "b = 1; }",
    ],
    ids=["parentheses", "brackets", "sets", "functions", "interpolations", "path"],
)
def test_hostile_nesting_ends_with_a_message_or_nothing(box: Path, capsys: pytest.CaptureFixture[str], text: str):
    (box / "configuration.nix").write_text(text)
    assert run(capsys)[0] in {0, 1}


def test_files_that_are_no_text_are_named_and_passed_over(box: Path, capsys: pytest.CaptureFixture[str]):
    (box / "binary.nix").write_bytes(b"\x00\x01\x02" * 50)
    code, out, err = run(capsys)
    assert "binary.nix: not read" in err
    assert code == 1
    assert "option-renamed" in out


def test_a_rule_that_fails_is_told_and_the_run_is_not_clean(
    box: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    (box / "configuration.nix").write_text("{ hardware.graphics.enable = true; }\n")
    monkeypatch.setattr("nix_lsp.ide.rewrites.find_rewrites", fail)
    code, _, err = run(capsys)
    assert code == 2
    assert "broken" in err


def test_each_example_says_exactly_what_is_wrong(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    examples = Path(__file__).resolve().parents[2] / "examples"
    shutil.copytree(examples, tmp_path / "examples")
    _, out, _ = run(capsys, "--format", "json", str(tmp_path / "examples"))
    found = sorted(
        (each["file"].rpartition("examples/")[2], each["start"]["line"], each["rule"]) for each in json.loads(out)
    )
    assert found == EXAMPLES


EXAMPLES = [
    ("laptop/configuration.nix", 12, "option-renamed"),
    ("laptop/configuration.nix", 13, "option-renamed"),
    ("laptop/configuration.nix", 17, "option-removed"),
    ("laptop/configuration.nix", 22, "option-renamed"),
    ("laptop/configuration.nix", 23, "option-renamed"),
    ("laptop/configuration.nix", 30, "option-unknown"),
    ("laptop/configuration.nix", 34, "option-not-yet"),
    ("laptop/configuration.nix", 39, "imp-useradd"),
    ("laptop/configuration.nix", 40, "imp-timezone"),
    ("laptop/configuration.nix", 42, "imp-iptables-port"),
    ("laptop/home.nix", 8, "option-renamed"),
    ("laptop/home.nix", 9, "option-renamed"),
    ("laptop/home.nix", 15, "imp-rc-alias"),
    ("laptop/home.nix", 21, "imp-git-config-global"),
    ("mac/configuration.nix", 6, "option-removed"),
    ("mac/configuration.nix", 7, "option-removed"),
    ("mac/configuration.nix", 12, "option-removed"),
    ("mac/configuration.nix", 16, "imp-defaults-write"),
    ("mac/configuration.nix", 17, "imp-defaults-write"),
    ("server/configuration.nix", 23, "option-renamed"),
    ("server/configuration.nix", 24, "option-renamed"),
    ("server/configuration.nix", 26, "imp-mkdir-chown"),
    ("server/configuration.nix", 31, "imp-sysctl"),
    ("server/configuration.nix", 32, "imp-sysctl"),
    ("server/configuration.nix", 36, "imp-nix-env-install"),
]
