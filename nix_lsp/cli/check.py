"""`nix-lsp check`: every finding of files and folders, and the fixes that can be applied without a second look."""

from __future__ import annotations

import argparse
import logging
import os
import posixpath
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nix_lsp.analysis.project import Settings
from nix_lsp.cli.finding import Finding
from nix_lsp.ide.model import Severity, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nix_lsp.analysis.workspace import Workspace
    from option_index.catalog import Catalog

CLEAN, FOUND, FAILED = 0, 1, 2
COLORS = ("auto", "always", "never")
_PASSES = 8
"""Fixing one place can make another fixable (a rename into a set that was renamed itself): so often files are looked at again."""
_STDIN = "-"


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="nix-lsp check",
        description="Report what is wrong for the release that each project pins. What .gitignore names is left out of folders.",
        epilog="Exit code: 0 nothing new at warning or above, 1 findings, 2 could not run, 130 stopped by Ctrl-C.",
    )
    parser.add_argument(
        "paths", nargs="*", default=["."], metavar="PATH", help="files or folders (default: here); - for standard input"
    )
    parser.add_argument("--stdin-filename", metavar="PATH", help="the file whose text standard input is")
    parser.add_argument("--format", choices=("text", "json", "sarif", "github"), default="text")
    parser.add_argument(
        "--color",
        choices=COLORS,
        default="auto",
        help="of the text (default: on a terminal, unless NO_COLOR is set; elsewhere if FORCE_COLOR is)",
    )
    parser.add_argument(
        "--fix",
        action="store_true",
        help="apply the mechanical fixes (of imperative habits: with the setting fixAll.imperative), then report what is left",
    )
    parser.add_argument(
        "--pin", metavar="RELEASE", help="judge by this release, `unstable`, date, revision or index label instead"
    )
    rules = "rules by id or pattern (option-*), separated by commas"
    parser.add_argument("--select", type=_listed, default=[], metavar="ID,…", help=f"ask only these {rules}")
    parser.add_argument("--ignore", type=_listed, default=[], metavar="ID,…", help=f"do not ask these {rules}")
    baseline = parser.add_mutually_exclusive_group()
    baseline.add_argument("--baseline", metavar="FILE", help="report only what this file does not have")
    baseline.add_argument(
        "--write-baseline", metavar="FILE", help="write what is found to this file, and report nothing"
    )
    arguments = parser.parse_args(argv)
    if _STDIN in arguments.paths:
        if arguments.paths != [_STDIN] or arguments.stdin_filename is None:
            parser.error("- stands alone, with --stdin-filename PATH")
        if arguments.fix:
            parser.error("--fix writes files: not with -")
    elif arguments.stdin_filename is not None:
        parser.error("--stdin-filename is for -")
    return arguments


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def run(argv: list[str]) -> int:
    """Run the command; returns the exit code."""
    from nix_lsp.cli.parallel import CrashedError
    from nix_lsp.cli.session import collect_rarely

    collect_rarely()
    arguments = _arguments(argv)
    failures = Failures("check")
    logging.getLogger("nix_lsp").addHandler(failures)
    try:
        _refuse_unknown((*arguments.select, *arguments.ignore), "--select and --ignore")
        findings = _against_baseline(arguments, _check(arguments, failures))
    except (OSError, ValueError, CrashedError) as error:
        print(f"nix-lsp check: {error}", file=sys.stderr)
        return FAILED
    finally:
        logging.getLogger("nix_lsp").removeHandler(failures)
    if findings is not None:
        _print(findings, arguments.format, arguments.color)
    if failures.seen:
        return FAILED
    return FOUND if findings and exceeds(findings) else CLEAN


def _print(findings: Sequence[Finding], form: str, color: str) -> None:
    match form:
        case "json":
            from nix_lsp.cli.machine import print_json

            print_json(findings, sys.stdout)
        case "sarif":
            from nix_lsp.cli.machine import print_sarif

            print_sarif(findings, sys.stdout)
        case "github":
            from nix_lsp.cli.github import print_github

            print_github(findings, sys.stdout)
        case _:
            from nix_lsp.cli.frames import print_findings

            print_findings(findings, sys.stdout, color)


def _refuse_unknown(names: Iterable[str], where: str) -> None:
    """Hold ids and patterns of rules against those that there are.

    Raises:
        ValueError: one names no rule.
    """
    from nix_lsp.ide.choice import unknown_names

    if unknown := unknown_names(names):
        said = (f"`{name}`" + (f" (did you mean `{near}`?)" if near else "") for name, near in unknown.items())
        raise ValueError(f"{where}: no rule is called {', '.join(said)}")


def _against_baseline(arguments: argparse.Namespace, findings: list[Finding]) -> list[Finding] | None:
    """Return what a baseline does not have; None where one was to be written."""
    from nix_lsp.cli.baseline import compare, write_baseline

    if file := arguments.write_baseline:
        write_baseline(file, findings)
        print(f"nix-lsp check: {file}: {len(findings)} findings", file=sys.stderr)
        return None
    if file := arguments.baseline:
        findings, gone = compare(file, findings)
        if gone:
            said = "1 entry is" if gone == 1 else f"{gone} entries are"
            print(f"nix-lsp check: {file}: {said} gone: write it anew with --write-baseline", file=sys.stderr)
    return findings


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


def _check(arguments: argparse.Namespace, failures: Failures) -> list[Finding]:
    from option_index.cache import cache_folder
    from option_index.catalog import Catalog

    if arguments.paths == [_STDIN]:
        return _check_text(arguments, sys.stdin.buffer.read())
    named = frozenset(os.path.realpath(path) for path in arguments.paths)
    catalog = Catalog(cache_folder())
    findings: list[Finding] = []
    for root, files in by_project(arguments.paths).items():
        workspace = _workspace(root, arguments, catalog)
        for each in workspace.stray_settings():
            print(f"nix-lsp check: {os.path.relpath(each.file)}: {each.message}", file=sys.stderr)
        found = _findings(workspace, files, named, failures, catalog)
        for _ in range(_PASSES if arguments.fix else 0):
            if not _apply(found, imperative=workspace.settings.fix_all_imperative):
                break
            found = _findings(_workspace(root, arguments, catalog), files, named, failures, catalog)
        findings += found
    return findings


def _check_text(arguments: argparse.Namespace, source: bytes) -> list[Finding]:
    from nix_lsp.cli.session import root_of
    from nix_lsp.ide.diagnostics import diagnostics, without_faded
    from nix_lsp.syntax.document import Document
    from option_index.cache import cache_folder
    from option_index.catalog import Catalog

    path = os.path.realpath(arguments.stdin_filename)
    document = Document(path, source)
    workspace = _workspace(root_of(path), arguments, Catalog(cache_folder())).with_document(document)
    found = without_faded(workspace, document, diagnostics(workspace, document))
    return [Finding(document, diagnostic) for diagnostic in found]


def _workspace(root: str, arguments: argparse.Namespace, catalog: Catalog) -> Workspace:
    """Open a project with what the command line sets.

    Raises:
        ValueError: the project's settings file is wrong.
    """
    from nix_lsp.analysis.project_settings import FILE
    from nix_lsp.cli.session import open_workspace
    from nix_lsp.ide.choice import named_in

    workspace = open_workspace(root, arguments.pin, catalog)
    if problems := workspace.settings_problems():
        raise ValueError("\n".join(f"{each.file}:{each.line + 1}: {each.message}" for each in problems))
    _refuse_unknown(named_in(workspace.settings), posixpath.join(root, FILE))
    return workspace.with_settings(
        Settings(
            pin=arguments.pin,
            pin_is_ordered=arguments.pin is not None,
            selected_rules=frozenset(arguments.select),
            ignored_rules=frozenset(arguments.ignore),
        )
    )


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
    """Yield a file, or all .nix files of a folder in path order (`project_files`); symbolic links are left out."""
    if not Path(path).is_dir():
        yield path
        return
    from nix_lsp.analysis.files import DiskFiles
    from nix_lsp.analysis.project_files import project_files

    for file in project_files(DiskFiles("/"), path, None):
        if file.endswith(".nix") and not Path(file).is_symlink():
            yield file


def _findings(
    workspace: Workspace, files: Sequence[str], named: frozenset[str], failures: Failures, catalog: Catalog
) -> list[Finding]:
    """Look at files; those that were `named` also where the settings exclude them."""
    from nix_lsp.cli.parallel import Looked, look_at
    from nix_lsp.cli.progress import Progress, is_terminal
    from nix_lsp.ide.diagnostics import diagnostics, without_faded
    from nix_lsp.syntax.document import Document

    def look(project: Workspace, path: str) -> Looked:
        document = project.document(path)
        if document is None:
            return Looked(path, None, (), failed=False)
        failures.seen = False
        found = without_faded(project, document, diagnostics(project, document, even_excluded=path in named))
        return Looked(path, document.source if found else b"", found, failures.seen)

    findings: list[Finding] = []
    failed = failures.seen
    with Progress(sys.stderr) as progress:
        shown = progress.files(len(files)) if is_terminal(sys.stderr) else None

        def warn(text: str) -> None:
            progress.end()
            print(f"nix-lsp check: {text}", file=sys.stderr)

        for number, looked in enumerate(look_at(workspace, files, look, catalog.close, warn), 1):
            if shown:
                shown(number)
            failed = failed or looked.failed
            if looked.source is None:
                why = "its findings are missing: a process that looked at it ended each time (killed, out of memory?)"
                warn(f"{looked.path}: {why if looked.failed else 'not read (no text, or too large)'}")
                continue
            document = Document(looked.path, looked.source)
            findings += (Finding(document, each) for each in sorted(looked.found, key=lambda each: each.span))
    failures.seen = failed
    return findings


def _apply(findings: Sequence[Finding], *, imperative: bool) -> bool:
    """Apply the preferred mechanical fixes that do not overlap; returns whether any file changed.

    As in the editor, those of imperative habits take part only if the settings say so (`fixAll.imperative`).
    """
    from nix_lsp.cli.whole_file import replace_file
    from nix_lsp.ide.edits import apply
    from nix_lsp.ide.together import together

    changed = False
    for path, document in {finding.document.path: finding.document for finding in findings}.items():
        fixes = [
            fix
            for finding in findings
            for fix in finding.diagnostic.fixes
            if fix.preferred
            and fix.tier is Tier.MECHANICAL
            and (imperative or not finding.diagnostic.rule.startswith("imp-"))
        ]
        edits = together(fixes, path)
        if edits:
            replace_file(path, apply(document.source, edits))
            changed = True
    return changed
