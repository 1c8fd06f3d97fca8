"""`nix-lsp check`: every finding of files and folders, and the fixes that can be applied without a second look."""

from __future__ import annotations

import argparse
import logging
import os
import posixpath
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from nix_lsp.cli.finding import Finding
from nix_lsp.ide.model import Severity, Tier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nix_lsp.analysis.workspace import Workspace

CLEAN, FOUND, FAILED = 0, 1, 2
_PASSES = 8
"""Fixing one place can make another fixable (a rename into a set that was renamed itself): so often files are looked at again."""
_SKIPPED_FOLDERS = frozenset({"node_modules", "result"})


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="nix-lsp check",
        description="Report what is wrong for the release that each project pins.",
        epilog="Exit code: 0 nothing at warning or above, 1 findings, 2 could not run.",
    )
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="files or folders (default: here)")
    parser.add_argument("--format", choices=("text", "json", "sarif"), default="text")
    parser.add_argument("--fix", action="store_true", help="apply the mechanical fixes, then report what is left")
    parser.add_argument(
        "--pin", metavar="RELEASE", help="judge by this release, `unstable`, date, revision or index label instead"
    )
    return parser.parse_args(argv)


def run(argv: list[str]) -> int:
    """Run the command; returns the exit code."""
    arguments = _arguments(argv)
    failures = Failures("check")
    logging.getLogger("nix_lsp").addHandler(failures)
    try:
        findings = _check(arguments)
    except (OSError, ValueError) as error:
        print(f"nix-lsp check: {error}", file=sys.stderr)
        return FAILED
    finally:
        logging.getLogger("nix_lsp").removeHandler(failures)
    match arguments.format:
        case "json":
            from nix_lsp.cli.machine import print_json

            print_json(findings, sys.stdout)
        case "sarif":
            from nix_lsp.cli.machine import print_sarif

            print_sarif(findings, sys.stdout)
        case _:
            from nix_lsp.cli.frames import print_findings

            print_findings(findings, sys.stdout)
    if failures.seen:
        return FAILED
    return FOUND if exceeds(findings) else CLEAN


def exceeds(findings: Sequence[Finding]) -> bool:
    """Tell whether any finding is a warning or worse."""
    return any(finding.diagnostic.severity <= Severity.WARNING for finding in findings)


class Failures(logging.Handler):
    """Says on stderr that a rule failed: a run that did not look at everything must not pass for a clean one."""

    def __init__(self, command: str) -> None:
        super().__init__(logging.ERROR)
        self.seen = False
        self._command = command

    def emit(self, record: logging.LogRecord) -> None:
        self.seen = True
        error = record.exc_info[1] if record.exc_info else None
        rule = getattr(record, "rule", "")
        print(
            f"nix-lsp {self._command}: {record.getMessage()}: {rule}: {error!r} (this is a bug in nix-lsp)",
            file=sys.stderr,
        )


def _check(arguments: argparse.Namespace) -> list[Finding]:
    from nix_lsp.cli.session import open_workspace

    findings: list[Finding] = []
    for root, files in by_project(arguments.paths).items():
        workspace = open_workspace(root, arguments.pin)
        found = list(_findings(workspace, files))
        for _ in range(_PASSES if arguments.fix else 0):
            if not _apply(found):
                break
            workspace = open_workspace(root, arguments.pin)
            found = list(_findings(workspace, files))
        findings += found
    return findings


def by_project(paths: Sequence[str]) -> dict[str, list[str]]:
    """Group the .nix files by the project that each belongs to.

    Raises:
        FileNotFoundError: a path does not exist.
    """
    from nix_lsp.cli.session import root_of

    projects: dict[str, dict[str, None]] = {}
    roots: dict[str, str] = {}
    for path in paths:
        if not os.path.lexists(path):
            raise FileNotFoundError(f"{path}: no such file or folder")
        for file in _nix_files(os.path.realpath(path)):
            folder = posixpath.dirname(file)
            if folder not in roots:
                roots[folder] = root_of(file)
            projects.setdefault(roots[folder], {})[file] = None
    return {root: list(files) for root, files in projects.items()}


def _nix_files(path: str) -> Iterator[str]:
    """Yield a file, or all .nix files below a folder in path order; hidden folders and symbolic links are left out."""
    if not Path(path).is_dir():
        yield path
        return
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED_FOLDERS)
        for name in sorted(files):
            file = os.path.join(folder, name)  # noqa: PTH118 -- os.walk speaks str
            if name.endswith(".nix") and not Path(file).is_symlink():
                yield file


def _findings(workspace: Workspace, files: Sequence[str]) -> Iterator[Finding]:
    from nix_lsp.ide.diagnostics import diagnostics

    for path in files:
        document = workspace.document(path)
        if document is None:
            print(f"nix-lsp check: {path}: not read (no text, or too large)", file=sys.stderr)
            continue
        for diagnostic in sorted(diagnostics(workspace, document), key=lambda diagnostic: diagnostic.span):
            yield Finding(document, diagnostic)


def _apply(findings: Sequence[Finding]) -> bool:
    """Apply the preferred mechanical fixes that do not overlap; returns whether any file changed."""
    from nix_lsp.ide.edits import apply
    from nix_lsp.ide.together import together

    changed = False
    for path, document in {finding.document.path: finding.document for finding in findings}.items():
        fixes = [
            fix
            for finding in findings
            for fix in finding.diagnostic.fixes
            if fix.preferred and fix.tier is Tier.MECHANICAL
        ]
        edits = together(fixes, path)
        if edits:
            replace_file(path, apply(document.source, edits))
            changed = True
    return changed


def replace_file(path: str, source: bytes) -> None:
    """Write a file whole or not at all: a full disk leaves the old one in place.

    Raises:
        OSError: the folder cannot be written, or the disk is full.
    """
    target = Path(path)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(source)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(target.stat().st_mode)
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
