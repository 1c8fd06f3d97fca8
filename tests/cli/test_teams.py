"""`nix-lsp check` as a team uses it: which rules, which files, what is new, and in which format."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from nix_lsp.__main__ import main
from nix_lsp.cli import parallel
from tests.flake import write_flake

DRIFTED = "{\n  hardware.opengl.enable = true;\n  services.openssh.enabel = true;\n}\n"


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_flake(tmp_path, DRIFTED)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["check", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def rules(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    return [each["rule"] for each in json.loads(run(capsys, "--format", "json", *arguments)[1])]


def test_rules_are_chosen_by_id_and_pattern(box: Path, capsys: pytest.CaptureFixture[str]):
    assert rules(capsys) == ["option-renamed", "option-unknown"]
    assert rules(capsys, "--select", "option-renamed") == ["option-renamed"]
    assert rules(capsys, "--ignore", "option-*") == []
    assert rules(capsys, "--select", "option-*", "--ignore", "option-unknown,imp-*") == ["option-renamed"]


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_rule_is_refused_with_what_was_meant(box: Path, capsys: pytest.CaptureFixture[str], option: str):
    code, out, err = run(capsys, option, "option-renmaed")
    assert (code, out) == (2, "")
    assert "`option-renmaed` (did you mean `option-renamed`?)" in err


def test_a_baseline_knows_findings_again_though_lines_move(box: Path, capsys: pytest.CaptureFixture[str]):
    assert run(capsys, "--write-baseline", "known.json")[:2] == (0, "")
    (box / "configuration.nix").write_text("# more\n\n" + DRIFTED.replace("  hardware", "      hardware"))
    assert run(capsys, "--baseline", "known.json")[:2] == (0, "No findings.\n")

    (box / "configuration.nix").write_text(DRIFTED.replace("enabel = true", "enabel = false"))
    code, out, err = run(capsys, "--baseline", "known.json")

    assert code == 1
    assert "option-renamed" not in out
    assert "known.json: 1 entry is gone" in err


def test_a_baseline_is_written_the_same_from_the_same_findings(box: Path, capsys: pytest.CaptureFixture[str]):
    run(capsys, "--write-baseline", "one.json")
    run(capsys, "--write-baseline", "two.json", "configuration.nix")
    assert (box / "one.json").read_text() == (box / "two.json").read_text()
    assert len(json.loads((box / "one.json").read_text())["findings"]) == 2


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 9, "findings": []}', '{"version": 1, "findings": [1]}'])
def test_what_is_no_baseline_is_refused(box: Path, capsys: pytest.CaptureFixture[str], text: str):
    (box / "known.json").write_text(text)
    code, out, err = run(capsys, "--baseline", "known.json")
    assert (code, out) == (2, "")
    assert "known.json: no baseline of nix-lsp" in err


def test_annotations_are_escaped(box: Path, capsys: pytest.CaptureFixture[str]):
    (box / "a,b:c%.nix").write_text('{ imports = [ ]; hardware.opengl."a%b" = true; }\n')
    _, out, _ = run(capsys, "--format", "github", "configuration.nix")
    assert out.startswith("::warning title=nix-lsp%3A option-renamed,file=configuration.nix,line=2,endLine=2,col=3,")
    from nix_lsp.cli.finding import Finding
    from nix_lsp.cli.github import print_github
    from nix_lsp.ide.model import Diagnostic, Severity
    from nix_lsp.syntax.document import Document
    from nix_lsp.syntax.span import Span

    stream = io.StringIO()
    odd = Diagnostic("x-y", Span(0, 3), Severity.HINT, "100%\n::error::no")
    print_github([Finding(Document("/o/a,b:c%.nix", b"a\nb"), odd)], stream)
    assert stream.getvalue() == (
        "::notice title=nix-lsp%3A x-y,file=/o/a%2Cb%3Ac%25.nix,line=1,endLine=2::100%25%0A::error::no\n"
    )


def test_standard_input_is_checked_as_the_file_it_is(
    box: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    class Stdin:
        buffer = io.BytesIO(b"{ services.openssh.enabel = true; }")

    monkeypatch.setattr("sys.stdin", Stdin)
    assert rules(capsys, "-", "--stdin-filename", "configuration.nix") == ["option-unknown"]
    assert (box / "configuration.nix").read_text() == DRIFTED


@pytest.mark.parametrize("arguments", [["-"], ["-", "a.nix", "--stdin-filename", "x"], ["--stdin-filename", "x"]])
def test_standard_input_needs_its_name_and_stands_alone(box: Path, arguments: list[str]):
    with pytest.raises(SystemExit) as stopped:
        main(["check", *arguments])
    assert stopped.value.code == 2


def test_what_git_ignores_or_the_project_excludes_is_left_out_unless_named(
    box: Path, capsys: pytest.CaptureFixture[str]
):
    (box / ".git").mkdir()
    (box / ".gitignore").write_text("/configuration.nix\n")
    assert rules(capsys) == []
    assert len(rules(capsys, "configuration.nix")) == 2

    (box / ".gitignore").unlink()
    (box / ".nix-lsp.toml").write_text('exclude = ["configuration.nix"]')
    assert rules(capsys) == []
    assert len(rules(capsys, "configuration.nix")) == 2


def test_a_project_s_settings_count(box: Path, capsys: pytest.CaptureFixture[str]):
    (box / ".nix-lsp.toml").write_text(
        '[diagnostics]\nseverity = { "*" = "hint" }\n[[overrides]]\npaths = ["*.nix"]\nignore = ["option-unknown"]\n'
    )
    code, out, _ = run(capsys)
    assert code == 0
    assert "hint[option-renamed]" in out
    assert "option-unknown" not in out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = [", ".nix-lsp.toml:1: no TOML"),
        ("\npin = 1", ".nix-lsp.toml:2: `pin` must be"),
        ('[diagnostics]\nignore = ["option-renmaed"]', "did you mean `option-renamed`?"),
    ],
)
def test_wrong_settings_are_refused(box: Path, capsys: pytest.CaptureFixture[str], text: str, said: str):
    (box / ".nix-lsp.toml").write_text(text)
    code, out, err = run(capsys)
    assert (code, out) == (2, "")
    assert said in err


def test_several_processes_find_what_one_finds_in_the_same_order(
    box: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    for number in range(20):
        (box / f"m{number:02}.nix").write_text("{ services.openssh.enabel = true; }")
    (box / "configuration.nix").write_text(f"{{ imports = [ {' '.join(f'./m{n:02}.nix' for n in range(20))} ]; }}")
    alone = run(capsys, "--format", "json")
    monkeypatch.setattr(parallel, "_FEW", 2)
    monkeypatch.setattr(parallel, "workers", lambda: 2)
    assert run(capsys, "--format", "json") == alone
    assert len(json.loads(alone[1])) == 20


def test_sarif_knows_findings_again_and_tells_of_its_rules(box: Path, capsys: pytest.CaptureFixture[str]):
    _, out, _ = run(capsys, "--format", "sarif")
    [log] = json.loads(out)["runs"]
    by_json = [each["fingerprint"] for each in json.loads(run(capsys, "--format", "json")[1])]
    assert [each["partialFingerprints"]["nixLsp/v1"] for each in log["results"]] == by_json
    run(capsys, "--write-baseline", "known.json")
    known = {f"{each['line']}:{each['count']}" for each in json.loads((box / "known.json").read_text())["findings"]}
    assert known == set(by_json)
    assert log["tool"]["driver"]["rules"][0]["defaultConfiguration"] == {"level": "warning"}
    before = [each["partialFingerprints"] for each in log["results"]]
    (box / "configuration.nix").write_text(f"\n\n{DRIFTED}")
    _, out, _ = run(capsys, "--format", "sarif")
    assert [each["partialFingerprints"] for each in json.loads(out)["runs"][0]["results"]] == before
