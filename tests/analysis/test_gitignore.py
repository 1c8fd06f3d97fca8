"""`.gitignore`, held to what Git itself says."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nix_lsp.analysis.files import DiskFiles
from nix_lsp.analysis.gitignore import Patterns
from nix_lsp.analysis.project_files import project_files

GIT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def git(folder: Path | str, *arguments: str, text: str = "") -> str:
    ran = subprocess.run(
        ["git", *arguments], check=False, cwd=folder, env=GIT, input=text, capture_output=True, text=True
    )
    assert ran.returncode in {0, 1}, ran.stderr
    return ran.stdout


PATHS = [
    *(
        "a",
        "b.nix",
        "a/b",
        "a/b/c",
        "a/b/c/d",
        "b/a",
        "x/a/b",
        "abc",
        "ab",
        "a*",
        "a b",
        "a ",
        "#a",
        "!a",
        "[a]",
        "a-z",
    ),
    *("hosts/old/a.nix", "hosts/old/deep/b.nix", "hosts/new/a.nix", "result/x", "A/b"),
]
LINES = [
    *("a", "/a", "a/", "/a/", "a/b", "a/*", "a/**", "**/a", "**/b/c", "a/**/c", "a/**/d", "*", "*.nix", "!a", "!*.nix"),
    *(
        "a?c",
        "[ab]",
        "[!a]",
        "[^b]*",
        "a[",
        "\\#a",
        "#a",
        "\\!a",
        "\\a",
        "a\\",
        "a\\ ",
        "a ",
        "  ",
        "",
        "a*",
        "a\\*",
        "[[]a]",
    ),
    *(
        "**",
        "**/",
        "/**",
        "a**b",
        "/",
        "//",
        "hosts/old/**",
        "hosts/old",
        "old",
        "**/old/*.nix",
        "[a-c]",
        "[[:upper:]]",
        "a-z",
    ),
    *("*/*", "/*", "!/a", "!a/b", "a/**/**/d", "[]a]", "a/b/", "?"),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=4))
def test_patterns_say_what_git_says(lines: list[str]):
    with tempfile.TemporaryDirectory() as folder:
        git(folder, "init", "-q")
        Path(folder, ".gitignore").write_text("\n".join(lines) + "\n")
        answer = git(folder, "check-ignore", "--no-index", "-z", "--stdin", text="\0".join(PATHS))
    ignored = set(answer.split("\0")) - {""}
    ours = {path for path in PATHS if Patterns(lines).cover(path)}
    assert ours == ignored


@pytest.mark.parametrize("line", LINES)
def test_each_kind_of_line_says_what_git_says(line: str, tmp_path: Path):
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text(f"{line}\n")
    answer = git(tmp_path, "check-ignore", "--no-index", "-z", "--stdin", text="\0".join(PATHS))
    assert {path for path in PATHS if Patterns([line]).cover(path)} == set(answer.split("\0")) - {""}


def test_a_project_s_files_are_those_that_git_would_track(tmp_path: Path):
    for name in (
        "flake.nix",
        "a.nix",
        "old/b.nix",
        "old/keep.nix",
        "old/deep/c.nix",
        "gen/d.nix",
        "sub/gen.nix",
        "sub/e.nix",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("{ }")
    (tmp_path / ".gitignore").write_text("gen\nold/*\n!old/keep.nix\n!old/deep\n")
    (tmp_path / "old/deep/.gitignore").write_text("*.nix\n")
    (tmp_path / "sub/.gitignore").write_text("gen.nix\n")
    git(tmp_path, "init", "-q")
    tracked = git(tmp_path, "ls-files", "--others", "--exclude-standard").split()

    found = [os.path.relpath(path, tmp_path) for path in project_files(DiskFiles(str(tmp_path)), str(tmp_path))]

    assert sorted(found) == sorted(tracked)
    assert [path for path in found if path.endswith(".nix")] == ["a.nix", "flake.nix", "old/keep.nix", "sub/e.nix"]


def test_a_folder_inside_a_repository_obeys_the_files_above_it(tmp_path: Path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("/hosts/old\n*.gen.nix\n")
    for name in ("hosts/old/a.nix", "hosts/b.nix", "hosts/c.gen.nix"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("{ }")

    found = list(project_files(DiskFiles(str(tmp_path)), str(tmp_path / "hosts")))

    assert found == [str(tmp_path / "hosts/b.nix")]


def test_a_folder_of_build_results_may_be_named_as_tracked(tmp_path: Path):
    (tmp_path / "result").mkdir()
    (tmp_path / "result/a.nix").write_text("{ }")
    assert not list(project_files(DiskFiles(str(tmp_path)), str(tmp_path)))

    (tmp_path / ".gitignore").write_text("result\n!/result\n")

    files = DiskFiles(str(tmp_path))
    assert [path for path in project_files(files, str(tmp_path)) if path.endswith(".nix")] == [
        str(tmp_path / "result/a.nix")
    ]
