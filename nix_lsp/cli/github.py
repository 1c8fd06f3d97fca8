"""Findings as annotations of GitHub Actions (docs.github.com, "Workflow commands for GitHub Actions")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nix_lsp.ide.model import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from nix_lsp.cli.finding import Finding

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def print_github(findings: Sequence[Finding], stream: TextIO) -> None:
    """Print one workflow command for each finding; what is less than a warning is a notice."""
    for finding in findings:
        start, end = finding.places
        properties = {"title": f"nix-lsp: {finding.diagnostic.rule}", "file": finding.path, "line": start.line}
        properties["endLine"] = end.line
        if start.line == end.line:  # columns of several lines are refused
            properties |= {"col": start.column, "endColumn": end.column}
        shown = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
        command = _COMMANDS.get(finding.diagnostic.severity, "notice")
        stream.write(f"::{command} {shown}::{_message(finding.diagnostic.message)}\n")


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
