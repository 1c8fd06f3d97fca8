"""`nix-lsp index`: look into, build, fetch and verify option indexes."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from nix_lsp.cli.frames import console
from nix_lsp.cli.progress import Progress, StoppedError
from option_index.cache import Cache, CacheError, cache_folder, revision_keys
from option_index.consent import ANSWERS, EVALUATE, FETCH, QUESTIONS, Answers, state_folder
from option_index.store_file import PACKAGES, Origin
from option_index.timeline import Point

if TYPE_CHECKING:
    from collections.abc import Callable

    from option_index.cache import Entry

DONE, FOUND, FAILED = 0, 1, 2
EMBEDDED = ("nixos", "home-manager", "nix-darwin")


def run(argv: list[str]) -> int:
    """Run the command; returns the exit code."""
    arguments = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace, Cache, Progress], int] = arguments.command
    with Progress(sys.stderr, watched=arguments.attached) as progress:
        try:
            return command(arguments, Cache(arguments.cache), progress)
        except (KeyboardInterrupt, StoppedError):
            progress.end()
            print("nix-lsp index: stopped", file=sys.stderr)
        except _expected() as error:
            progress.end()
            print(f"nix-lsp index: {error}", file=sys.stderr)
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nix-lsp index",
        description="Exact indexes of single revisions, beside the facts that nix-lsp brings along.",
        epilog="Exit code: 0 done, 1 something is damaged or missing, 2 could not run.",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=cache_folder(),
        metavar="FOLDER",
        help="where indexes are kept (default: %(default)s)",
    )
    parser.add_argument("--attached", action="store_true", help="stop when standard input is closed")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("list", help="what is embedded, and what is cached")
    one.set_defaults(command=_list)

    one = commands.add_parser("build", help="build an index from a file, or from a source of nixpkgs by the local Nix")
    source = one.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="an options.json or packages.json, also compressed (.br)"
    )
    source.add_argument(
        "--nixpkgs",
        type=Path,
        metavar="FOLDER",
        help="a source tree of nixpkgs, whose NixOS options the local Nix evaluates",
    )
    source.add_argument(
        "--flake",
        metavar="FOLDER[#HOST]",
        help="a flake of yours: the local Nix evaluates the options of its hosts, and fetches inputs that are not there yet",
    )
    one.add_argument(
        "--set", dest="kind", metavar="SET", help="nixos, home-manager, nix-darwin, another set's name, or packages"
    )
    one.add_argument(
        "--revision", metavar="HASH", help="the full commit hash that the file is of (--nixpkgs: read from the tree)"
    )
    one.add_argument(
        "--branch",
        default="unstable",
        metavar="RELEASE",
        help="the release that the revision is of, such as 25.11 (default: unstable)",
    )
    one.set_defaults(command=_build)

    one = commands.add_parser("fetch", help="fetch a channel's lists and build their indexes")
    one.add_argument("channel", metavar="CHANNEL", help="such as nixos-25.11 or nixos-unstable")
    one.add_argument(
        "--server",
        default=None,
        metavar="URL",
        help="another channel server (default: $NIX_LSP_CHANNEL_SERVER, or channels.nixos.org)",
    )
    one.set_defaults(command=_fetch)

    one = commands.add_parser(
        "consent", help="say what editors may do without asking: without options, what they may now"
    )
    for question, what in ((FETCH, "fetch the lists of pinned channels"), (EVALUATE, "evaluate pinned nixpkgs")):
        one.add_argument(f"--{question}", choices=tuple(ANSWERS), help=what)
    one.set_defaults(command=_consent)

    one = commands.add_parser("verify", help="examine every cached index; damaged ones are set aside")
    one.set_defaults(command=_verify)
    return parser


def _expected() -> tuple[type[Exception], ...]:
    """Return the errors that are told in one line."""
    from option_index.download import DownloadError
    from option_index.evaluate import EvaluationError

    return (CacheError, DownloadError, EvaluationError, OSError, ValueError)


def _list(_arguments: argparse.Namespace, cache: Cache, _progress: Progress) -> int:
    from nix_lsp.cli.columns import columns
    from option_index.catalog import Catalog

    out = console(sys.stdout)
    catalog = Catalog()
    labels = {name: ", ".join(snapshot.label for snapshot in catalog.snapshots(name)) for name in EMBEDDED}
    rows = [(name, f"{catalog.count(name):,}", labels[name]) for name in EMBEDDED]
    out.print("Embedded facts")
    out.print(columns(rows, ("set", "options", "releases and snapshots")))
    entries = cache.entries()
    if not entries:
        out.print(f"\nNo exact indexes in {cache.folder}. `nix-lsp index fetch CHANNEL` brings some.")
        return DONE
    out.print(f"\nExact indexes in {cache.folder}")
    out.print(columns(list(map(_described, entries)), ("set", "branch", "revision", "rows", "size", "used", "from")))
    return DONE


def _described(entry: Entry) -> tuple[str, ...]:
    from option_index.store_file import DamagedError, IndexFile

    try:
        file = IndexFile(entry.path)
    except (DamagedError, OSError):
        rows, source = "damaged", "`nix-lsp index verify` sets it aside"
    else:
        rows, source = f"{file.origin.rows:,}", file.origin.source
        file.close()
    age = _age(time.time() - entry.used)
    return (entry.kind, entry.branch, entry.revision[:12], rows, f"{entry.size / 2**20:.1f} MB", age, source)


def _age(seconds: float) -> str:
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit} ago"
    return "just now"


def _build(arguments: argparse.Namespace, cache: Cache, progress: Progress) -> int:
    if arguments.nixpkgs:
        return _build_tree(arguments, cache, progress)
    if arguments.flake:
        from nix_lsp.cli.index_host import build_hosts

        return build_hosts(arguments.flake, cache, progress)
    from option_index.readers.options_json import read_options
    from option_index.readers.packages_json import read_packages

    file: Path = arguments.file
    kind: str | None = arguments.kind
    if kind is None or arguments.revision is None:
        raise ValueError("a file needs --set and --revision: what it is a list of")
    origin = Origin(kind, arguments.revision, file.name)
    if kind == PACKAGES:
        cache.build_packages(origin, arguments.branch, read_packages(file), progress.rows(kind))
    else:
        cache.build_options(origin, arguments.branch, read_options(file), progress.rows(kind))
    return _told(cache, kind, Point(revision=arguments.revision), progress)


def _build_tree(arguments: argparse.Namespace, cache: Cache, progress: Progress) -> int:
    from option_index.evaluate import evaluated
    from option_index.readers.options_json import read_options

    tree: Path = arguments.nixpkgs
    revision = arguments.revision or _revision_of(tree)
    point = Point(revision=revision)
    with cache.turn(progress.waiting):
        # While we waited another server may have built the very same.
        if not cache.find("nixos", point):
            origin = Origin("nixos", revision, f"evaluated from {tree}")
            with evaluated(tree, progress=progress.seconds(f"evaluating {tree}")) as file:
                cache.build_options(origin, arguments.branch, read_options(file), progress.rows("nixos"))
    return _told(cache, "nixos", point, progress)


def _revision_of(tree: Path) -> str:
    """Return the commit of a source tree: released sources carry it in `.git-revision`.

    Raises:
        ValueError: the tree does not say.
    """
    try:
        revision = (tree / ".git-revision").read_text("utf-8", "replace").strip()
    except OSError:
        revision = ""
    if not revision_keys(Point(revision=revision)):
        raise ValueError(f"{tree}: give --revision, the tree does not say which commit it is")
    return revision


def _fetch(arguments: argparse.Namespace, cache: Cache, progress: Progress) -> int:
    from option_index.channel import branch_of_channel, fetch, server_address
    from option_index.readers.options_json import read_options
    from option_index.readers.packages_json import read_packages

    channel: str = arguments.channel
    branch = branch_of_channel(channel)
    with cache.turn(progress.waiting):
        folder = cache.downloads / channel
        try:
            fetched = fetch(channel, folder, server=arguments.server or server_address(), progress=progress.bytes)
        except OSError as error:
            raise CacheError(cache.advice(error)) from error
        point = Point(revision=fetched.revision)
        source = f"channel {channel}"
        if fetched.options and not cache.find("nixos", point):
            origin = Origin("nixos", fetched.revision, source)
            cache.build_options(origin, branch, read_options(fetched.options), progress.rows("nixos"))
        if not cache.find(PACKAGES, point):
            origin = Origin(PACKAGES, fetched.revision, source)
            cache.build_packages(origin, branch, read_packages(fetched.packages), progress.rows(PACKAGES))
    for kind in ("nixos", PACKAGES) if fetched.options else (PACKAGES,):
        _told(cache, kind, point, progress)
    return DONE


def _told(cache: Cache, kind: str, point: Point, progress: Progress) -> int:
    """Say what stands in the cache now."""
    progress.end()
    path = cache.find(kind, point)
    file = cache.open(path) if path else None
    if file is None:
        raise CacheError(f"the index of {kind} was removed or damaged by another program; run this again")
    print(
        f"{kind} {file.origin.revision[:12]}: {file.origin.rows:,} {'packages' if kind == PACKAGES else 'options'}, {file.origin.source}"
    )
    file.close()
    return DONE


def _consent(arguments: argparse.Namespace, _cache: Cache, _progress: Progress) -> int:
    answers = Answers(state_folder())
    for question in QUESTIONS:
        if (said := getattr(arguments, question)) is not None:
            answers.keep(question, ANSWERS[said])
        known = next(name for name, answer in ANSWERS.items() if answer is answers.allowed(question))
        print(f"{question}: {known}")
    return DONE


def _verify(_arguments: argparse.Namespace, cache: Cache, _progress: Progress) -> int:
    checked = cache.verify()
    for each in checked:
        what = f"{each.origin.kind} {each.origin.revision[:12]}" if each.origin else str(each.path)
        print(f"damaged, set aside: {each.problem}" if each.problem else f"sound: {what}")
    if not checked:
        print(f"No exact indexes in {cache.folder}.")
    return FOUND if any(each.problem for each in checked) else DONE
