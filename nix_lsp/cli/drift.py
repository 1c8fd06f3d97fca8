"""`nix-lsp drift --to RELEASE`: what an upgrade breaks, what it warns of, what is new, and what can be fixed before it."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nix_lsp.cli import check
from nix_lsp.cli.drift_text import print_markdown, print_text, record
from nix_lsp.cli.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nix_lsp.ide.drift import Drift

_PASSES = 8
"""Fixing one place can make another fixable: so often the project is looked at again."""


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="nix-lsp drift",
        description="Report what an upgrade to another release changes for a project: what breaks, what warns, what is new.",
        epilog="Exit code: 0 nothing breaks or warns, 1 something does, 2 could not run.",
    )
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="files or folders (default: here)")
    parser.add_argument(
        "--to", required=True, metavar="RELEASE", help="a release (26.05), `unstable`, date, revision or index label"
    )
    parser.add_argument("--format", choices=("text", "json", "sarif", "markdown"), default="text")
    parser.add_argument(
        "--fix", action="store_true", help="apply the mechanical fixes that are right now and then, report what is left"
    )
    return parser.parse_args(argv)


def run(argv: list[str]) -> int:
    """Run the command; returns the exit code."""
    arguments = _arguments(argv)
    failures = check.Failures("drift")
    logging.getLogger("nix_lsp").addHandler(failures)
    try:
        reports = [
            _report(root, files, arguments.to, fix=arguments.fix)
            for root, files in check.by_project(arguments.paths).items()
        ]
    except (OSError, ValueError) as error:
        print(f"nix-lsp drift: {error}", file=sys.stderr)
        return check.FAILED
    finally:
        logging.getLogger("nix_lsp").removeHandler(failures)
    match arguments.format:
        case "json":
            json.dump([record(report) for report in reports], sys.stdout, indent=2, ensure_ascii=False)
            sys.stdout.write("\n")
        case "sarif":
            from nix_lsp.cli.machine import print_sarif

            print_sarif(_findings(reports), sys.stdout)
        case "markdown":
            print_markdown(reports, sys.stdout)
        case _:
            print_text(reports, sys.stdout)
    if failures.seen:
        return check.FAILED
    return check.FOUND if check.exceeds(_findings(reports)) else check.CLEAN


def _findings(reports: Sequence[Drift]) -> list[Finding]:
    return [Finding(change.document, change.diagnostic) for report in reports for change in report.changes]


def _report(root: str, files: Sequence[str], target: str, *, fix: bool) -> Drift:
    """Judge a project now and then; with `fix`, write what is right at both, and judge what is left.

    Raises:
        OSError: a file cannot be written.
        ValueError: the target is nothing that can be judged by.
    """
    from nix_lsp.cli.whole_file import replace_file
    from nix_lsp.ide.drift import fixes_now
    from nix_lsp.ide.edits import apply
    from nix_lsp.ide.together import together

    found = _judged(root, files, target)
    for _ in range(_PASSES if fix else 0):
        sources = {change.document.path: change.document.source for change in found.changes}
        written = False
        for path, fixes in fixes_now(found).items():
            edits = together(fixes, path)
            replace_file(path, apply(sources[path], edits))
            written = True
        if not written:
            break
        found = _judged(root, files, target)
    return found


def _judged(root: str, files: Sequence[str], target: str) -> Drift:
    from nix_lsp.cli.session import check_pin, open_workspace
    from nix_lsp.ide.drift import at_release, drift
    from option_index.catalog import Catalog

    check_pin(target, Catalog())
    now = open_workspace(root, None)
    then = at_release(now, target, datetime.now(UTC).date())
    documents = [document for path in files if (document := now.document(path))]
    return drift(now, then, target, documents)
