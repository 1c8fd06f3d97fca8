"""Tabulate what nixpkgs' `lib` had and has: `python -m scripts.facts.tabulate_library NIX_INSTANTIATE GIT_DIR [DAY=FOLDER…]`.

The repository is nix-community/nixpkgs.lib: the `lib` folder of each commit of nixpkgs. It is looked at once a month, and on the first and
last day on which each release's branch can have left master. Further folders with a `lib` may follow. The table goes to `library.tsv`
beside this module; `scripts.facts.library` says what its columns are.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from option_index.timeline import RELEASES, branch_window
from scripts.facts.library_source import Definition, definitions

_FIRST = date(2021, 1, 1)
_WITHOUT = ("maintainers", "teams", "tests")
_EXPRESSION = Path(__file__).with_name("library.nix")
_MARK = "trace: @@"


class Sample(NamedTuple):
    """What one day's library has, by dotted path."""

    day: date
    kinds: dict[str, str]
    """`error` for what throws."""
    formals: dict[str, list[str]]
    warned: dict[str, str]
    """What is said when a name is evaluated."""


def main(nix: str, repository: str, *folders: str) -> None:
    """Write the table."""
    samples: list[Sample] = []
    newest: dict[str, Definition] = {}
    trees = [(day, commit) for day in _days() if (commit := _commit(repository, day))]
    with tempfile.TemporaryDirectory() as folder:
        for day, commit in trees:
            tree = Path(folder, commit)
            if not tree.exists():
                _extract(repository, commit, tree)
            samples.append(_sample(nix, tree / "lib", day))
            newest = definitions(tree / "lib")
    for argument in folders:
        day, folder = argument.split("=", 1)
        samples.append(_sample(nix, Path(folder, "lib"), date.fromisoformat(day)))
        newest = definitions(Path(folder, "lib"))
    samples.sort(key=lambda sample: sample.day)
    paths = sorted(set[str]().union(*(sample.kinds for sample in samples)))
    lines = [_line(path, samples, newest) for path in paths]
    Path(__file__).with_name("library.tsv").write_text("".join(f"{line}\n" for line in lines if line))


def _days() -> list[date]:
    today = date.today()  # noqa: DTZ011
    monthly = [date(year, month, 1) for year in range(_FIRST.year, today.year + 1) for month in range(1, 13)]
    windows = [day for release in RELEASES for day in branch_window(release.name)]
    return sorted(day for day in {*monthly, *windows} if day <= today)


def _git(repository: str, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", repository, *arguments], capture_output=True, check=True).stdout


def _commit(repository: str, day: date) -> str | None:
    """Return the commit that was nixpkgs' master when a day began; None after the last."""
    last = _git(repository, "log", "-1", "--first-parent", "--format=%cs", "HEAD^2").decode().strip()
    if day.isoformat() > last:
        return None
    found = _git(repository, "log", "-1", "--first-parent", f"--before={day}T00:00:00Z", "--format=%H", "HEAD^2")
    return found.decode().strip() or None


def _extract(repository: str, commit: str, tree: Path) -> None:
    tree.mkdir()
    archive = _git(repository, "archive", commit, "lib")
    subprocess.run(["tar", "-x", "-C", str(tree)], input=archive, check=True)
    (tree / ".version").write_text("26.05")


def _sample(nix: str, library: Path, day: date) -> Sample:
    """Evaluate a library; what cannot even be tried is left out."""
    without: list[str] = [*_WITHOUT]
    while True:
        listed = " ".join(f'"{path}"' for path in without)
        arguments = ("--eval", "--strict", "--json", "--readonly-mode", str(_EXPRESSION))
        given = ("--arg", "lib", str(library), "--arg", "without", f"[ {listed} ]")
        done = subprocess.run([nix, *arguments, *given], capture_output=True, text=True, timeout=300, check=False)
        said = _said(done.stderr)
        if done.returncode == 0:
            break
        failed = list(said)[-1] if said else ""
        if not failed or failed in without:
            raise ValueError(f"{day}: {done.stderr[-2000:]}")
        print(f"{day}: without {failed}", file=sys.stderr)
        without.append(failed)
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return Sample(
        day,
        {".".join(row["path"]): row["kind"] for row in rows},
        {".".join(row["path"]): row["args"] for row in rows if row["args"]},
        {path: text for path, text in said.items() if text},
    )


def _said(log: str) -> dict[str, str]:
    said: dict[str, str] = {}
    path = ""
    for line in log.splitlines():
        if line.startswith(_MARK):
            path = line.removeprefix(_MARK)
            said[path] = ""
        elif path and "warning:" in line:
            said[path] += line.partition("warning:")[2]
    return said


def _line(path: str, samples: list[Sample], newest: dict[str, Definition]) -> str:
    there = [path in sample.kinds for sample in samples]
    good = [index for index, sample in enumerate(samples) if sample.kinds.get(path, "error") != "error"]
    if not good:
        return ""
    first, last = good[0], good[-1]
    throws = any(there[last + 1 :])
    warned = last + 1
    while warned > first and (path not in samples[warned - 1].kinds or path in samples[warned - 1].warned):
        warned -= 1
    text = (
        next((sample.warned[path] for sample in reversed(samples) if path in sample.warned), "")
        if warned <= last
        else ""
    )
    definition = newest.get(path)
    kind = samples[last].kinds[path]
    formals = samples[last].formals.get(path, [])
    args = definition.args if definition and kind == "function" else ()
    return "\t".join(
        (
            path,
            kind,
            " ".join(args or (["{ " + ", ".join(formals) + " }"] if formals else []))
            .replace("{ ", "{")
            .replace(" }", "}")
            .replace(", ", ","),
            (definition.signature if definition else None) or "",
            _between(samples, first),
            _between(samples, warned) if warned <= last else "",
            (_between(samples, last + 1) + ("!" if throws else "")) if last + 1 < len(samples) else "",
            target(text, samples[-1].kinds) or "",
        )
    )


def _between(samples: list[Sample], change: int) -> str:
    """Return the days between which sample `change` became the first to show something."""
    return f"{samples[change - 1].day}:{samples[change].day}" if change else f":{samples[0].day}"


def target(text: str, known: dict[str, str]) -> str | None:
    """Return the one existing path that a warning names as what to use instead."""
    wanted = re.search(
        r"(?:use|Use|to|by|favou?r of|please use)\s+[`'\"]?(?:lib\.)?([A-Za-z][\w'.]*[\w'])[`'\"]?", text
    )
    return wanted[1] if wanted and known.get(wanted[1], "error") != "error" else None


if __name__ == "__main__":
    main(*sys.argv[1:])
