"""`nix-lsp drift`: exit codes, the formats, and the fixes that can be made before the upgrade."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nix_lsp.__main__ import main
from tests.flake import write_flake

DRIFTING = """{
  services.resolved.dnssec = "false";
  systemd.sleep.extraConfig = "AllowSuspend=no";
  hardware.opengl.enable = true;
}
"""


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_flake(tmp_path, DRIFTING)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["drift", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_what_breaks_and_what_warns_is_told_by_file_and_host(box: Path, capsys: pytest.CaptureFixture[str]):
    code, out, _ = run(capsys, "--to", "26.05")
    assert code == 1
    assert "configuration.nix (box)" in out
    assert "warns   2:3  option-renamed" in out
    assert "breaks  3:3  option-removed" in out
    assert "To 26.05, judged by NixOS 26.05 (as 26.05pre and 26.11pre agree)" in out
    assert "1 stand today already (`nix-lsp check`)." in out


def test_a_project_that_nothing_happens_to_exits_with_zero(box: Path, capsys: pytest.CaptureFixture[str]):
    (box / "configuration.nix").write_text("{ hardware.graphics.enable = true; }\n")
    code, out, _ = run(capsys, "--to", "26.05")
    assert code == 0
    assert "Nothing that is known breaks or warns." in out


def test_the_json_report_has_the_fix_and_when(box: Path, capsys: pytest.CaptureFixture[str]):
    code, out, _ = run(capsys, "--to", "26.05", "--format", "json")
    assert code == 1
    (report,) = json.loads(out)
    renamed = next(each for each in report["findings"] if each["rule"] == "option-renamed")
    assert renamed["effect"] == "warns"
    assert renamed["hosts"] == ["nixosConfigurations.box"]
    assert renamed["fix"]["when"] == "after"
    assert renamed["start"] == {"line": 2, "column": 3, "offset": 4}


def test_the_sarif_report_names_the_same_findings(box: Path, capsys: pytest.CaptureFixture[str]):
    _, out, _ = run(capsys, "--to", "26.05", "--format", "sarif")
    results = json.loads(out)["runs"][0]["results"]
    assert sorted(each["ruleId"] for each in results) == ["option-removed", "option-renamed"]


def test_the_markdown_report_is_a_page(box: Path, capsys: pytest.CaptureFixture[str]):
    _, out, _ = run(capsys, "--to", "26.05", "--format", "markdown")
    assert out.startswith("## Upgrade to 26.05\n")
    assert "### Breaks" in out
    assert "| `configuration.nix:3` (box) |" in out


def test_fix_leaves_alone_what_today_does_not_know(box: Path, capsys: pytest.CaptureFixture[str]):
    assert run(capsys, "--to", "26.05", "--fix")[0] == 1
    assert (box / "configuration.nix").read_text() == DRIFTING


@pytest.mark.parametrize("arguments", [("--to", "soon"), ("--to", "99.11pre"), ("--to", "26.05", "nowhere")])
def test_what_cannot_be_judged_is_said(box: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]):
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("nix-lsp drift: ")
