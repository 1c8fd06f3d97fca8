"""`nix-lsp import`: what another system reads, as options of a module."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nix_lsp.analysis.workspace import Workspace
    from nix_lsp.ide.importing.foreign import Foreign, Kind
    from nix_lsp.ide.importing.write import Imported

DONE, NOTHING, FAILED = 0, 1, 2
_SETS = ("nixos", "home-manager", "nix-darwin")
_LARGEST = 1 << 20
"""Bytes of a file to import."""


def _arguments(argv: list[str]) -> argparse.Namespace:
    from nix_lsp.ide.importing.kinds import KINDS

    parser = argparse.ArgumentParser(
        prog="nix-lsp import",
        description="Say with options what files of another system say: a set-up script, a Brewfile, an fstab. Prints a module, or adds to one.",
        epilog="What no option says stands in comments at the end. Secrets are not copied.\n"
        "Exit code: 0 something could be said, 1 nothing could, 2 could not run.\n\n"
        "  nix-lsp import setup.sh\n"
        "  nix-lsp import ~/.gitconfig --set nixos\n"
        "  nix-lsp import /etc/fstab /etc/hosts --into configuration.nix",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="what to import")
    kinds = ", ".join(kind.id for kind in KINDS)
    parser.add_argument(
        "--as", dest="kind", choices=[kind.id for kind in KINDS], metavar="KIND", help=f"what it is: {kinds}"
    )
    parser.add_argument("--set", choices=_SETS, help="the module set to write for (default: by the kind of file)")
    parser.add_argument("--into", metavar="MODULE", help="the module to add to, in place")
    parser.add_argument("--user", metavar="NAME", help="whose crontab, whose keys it is, where the path does not say")
    parser.add_argument("--pin", metavar="RELEASE", help="a release, `unstable`, date, revision or index label")
    arguments = parser.parse_args(argv)
    if arguments.into and arguments.set:
        parser.error("a module is of the set that it is of: --set goes without --into")
    return arguments


def run(argv: list[str]) -> int:
    """Run the command; returns the exit code."""
    arguments = _arguments(argv)
    try:
        return _import(arguments)
    except (OSError, ValueError) as error:
        print(f"nix-lsp import: {error}", file=sys.stderr)
        return FAILED


def _import(arguments: argparse.Namespace) -> int:
    from nix_lsp.cli.session import open_workspace, root_of
    from nix_lsp.ide.importing.write import new_module, write

    known = [_known(name, arguments.kind, arguments.user) for name in arguments.files]
    place = os.path.abspath(arguments.into or "imported.nix")  # noqa: PTH100 -- as it is typed
    workspace = open_workspace(root_of(place), arguments.pin)
    if arguments.into:
        document = workspace.document(place)
        if document is None:
            raise ValueError(f"{arguments.into} cannot be read")
    else:
        sets = {arguments.set or _usual(workspace, kind) for _, kind in known}
        if len(sets) > 1:
            raise ValueError(
                f"these files are for different module sets ({', '.join(sorted(sets))}): import them one by one, or say --set"
            )
        document = new_module(place, sets.pop())
    before, count = document.source, 0
    for file, kind in known:
        imported = write(workspace, document, file, kind)
        _tell(file, kind, imported)
        document, count = imported.document, count + imported.declared
    if arguments.into:
        if document.source != before:
            from nix_lsp.cli.whole_file import replace_file

            replace_file(place, document.source)
    elif count:
        sys.stdout.write(document.source.partition(b"\n")[2].decode())
    return DONE if count else NOTHING


def _known(name: str, kind_id: str | None, user: str | None) -> tuple[Foreign, Kind]:
    from nix_lsp.ide.importing.foreign import Foreign, user_of
    from nix_lsp.ide.importing.kinds import BY_ID, kind_of

    with open(name, "rb") as stream:  # noqa: PTH123 -- as it is typed
        content = stream.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ValueError(f"{name} is larger than {_LARGEST >> 20} MB")
    text = content.decode("utf-8", "replace")
    if "\0" in text:
        raise ValueError(f"{name} is no text")
    path = Path(name).absolute().as_posix()
    kind = BY_ID[kind_id] if kind_id else kind_of(path, text[:200])
    if kind is None:
        raise ValueError(f"{name}: say what it is, with --as ({', '.join(BY_ID)})")
    return Foreign(path, text, user or user_of(path)), kind


def _usual(workspace: Workspace, kind: Kind) -> str:
    """Return the set to write for: of those that have options for the kind of file the first that the project builds."""
    built = {lane.set for lane in workspace.hosts()}
    return next((each for each in kind.sets if each in built), kind.sets[0])


def _tell(file: Foreign, kind: Kind, imported: Imported) -> None:
    left = f", {len(imported.left)} left as comments" if imported.left else ""
    said = f"{imported.declared} declared" if imported.declared else "nothing that an option says"
    print(f"{file.name} ({kind.title}): {said}{left}", file=sys.stderr)
    if not imported.declared:
        for reason in dict.fromkeys(piece.reason for piece in imported.left if piece.reason):
            print(f"  {reason}", file=sys.stderr)
