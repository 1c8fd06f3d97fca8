"""`nix-lsp options`: look an option up for a release, and list what changes between two."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from option_index.records import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from option_index.catalog import Catalog
    from option_index.differences import Difference
    from option_index.query import OptionSet
    from option_index.records import Option, Resolution
    from option_index.timeline import Point

FOUND, NOTHING, FAILED = 0, 1, 2
_SETS = ("nixos", "home-manager", "nix-darwin")
_LIMIT = 30


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="nix-lsp options",
        description="Look options up by name, for the release that the project here pins; a whole path shows all that is known of it.",
        epilog="Exit code: 0 found, 1 nothing found (for --diff: nothing differs), 2 could not run.\n\n"
        "  nix-lsp options ssh password\n"
        "  nix-lsp options services.openssh.enable --pin 25.05\n"
        "  nix-lsp options --diff 25.05 25.11 --format markdown",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "query", nargs="*", metavar="QUERY", help="words that the option's path holds, or the path itself"
    )
    parser.add_argument(
        "--set", dest="kind", choices=_SETS, help="the module set (default: all for words, nixos for --diff)"
    )
    parser.add_argument("--pin", metavar="RELEASE", help="a release, `unstable`, date, revision or index label")
    parser.add_argument(
        "--diff", nargs=2, metavar=("OLD", "NEW"), help="list what came, went, moved or has another type"
    )
    parser.add_argument("--limit", type=int, metavar="N", help=f"show at most so many (default: {_LIMIT}; --diff: all)")
    parser.add_argument("--format", choices=("text", "json", "markdown"), default="text", help="markdown: for --diff")
    arguments = parser.parse_args(argv)
    if bool(arguments.query) == bool(arguments.diff):
        parser.error("give a QUERY, or --diff OLD NEW")
    if arguments.format == "markdown" and not arguments.diff:
        parser.error("--format markdown is for --diff")
    if arguments.limit is not None and arguments.limit < 1:
        parser.error("--limit is a number from 1 on")
    return arguments


def run(argv: list[str]) -> int:
    """Run the command; returns the exit code."""
    arguments = _arguments(argv)
    try:
        return _differences(arguments) if arguments.diff else _look_up(arguments)
    except (OSError, ValueError) as error:
        print(f"nix-lsp options: {error}", file=sys.stderr)
        return FAILED


def _look_up(arguments: argparse.Namespace) -> int:
    from option_index.cache import cache_folder
    from option_index.catalog import Catalog

    catalog = Catalog(cache_folder())
    asked = [arguments.kind] if arguments.kind else list(_SETS)
    sets = [options for name in asked if (options := catalog.options(name, _point(catalog, name, arguments.pin)))]
    words = " ".join(arguments.query)
    path = tuple(words.split(".")) if " " not in words else ()
    exact = [(options, found) for options in sets if path and _is_told(found := options.resolve(path))]
    if exact:
        _print_details(exact, words, arguments.format)
        return FOUND
    limit = arguments.limit or _LIMIT
    found = [(options, option) for options in sets for option in options.search(words, limit)][:limit]
    if not found:
        near = [".".join(each) for options in sets for each in options.suggest(path or tuple(words.split()))]
        hint = f"; did you mean {', '.join(dict.fromkeys(near))}?" if near else ""
        print(f"nix-lsp options: nothing found for `{words}`{hint}", file=sys.stderr)
        return NOTHING
    if arguments.format == "json":
        _print_json([_record(options, option) for options, option in found])
    else:
        _print_found(found)
    return FOUND


def _point(catalog: Catalog, module_set: str, pin: str | None) -> Point:
    """Return the pin that was typed, else that of the project here, else the newest that is known.

    Raises:
        ValueError: nothing is called so.
    """
    from nix_lsp.analysis.lanes import SOURCES
    from nix_lsp.cli.session import check_pin, open_workspace, root_of
    from option_index.timeline import Point, parse_point

    if pin:
        check_pin(pin, catalog)
        return parse_point(pin)
    pins = open_workspace(root_of(os.path.realpath(".")), None).main_pins()
    if own := pins.get(SOURCES[module_set]):
        return own.point
    if nixpkgs := pins.get("nixpkgs"):  # what goes with it: another repository has other revisions
        return Point(release=nixpkgs.point.release, date=nixpkgs.point.date)
    return Point(snapshot=catalog.snapshots(module_set)[-1].label)


def _is_told(found: Resolution) -> bool:
    return found.standing in {Standing.OPTION, Standing.NOT_YET} or found.move is not None


def _record(options: OptionSet, option: Option) -> dict[str, Any]:
    return {
        "set": options.set,
        "path": ".".join(option.path),
        "type": option.type,
        "default": option.default,
        "example": option.example,
        "description": option.description,
        "readOnly": option.read_only,
        "declarations": [{"file": each.file, "url": each.url} for each in option.declarations],
    }


def _print_json(value: object) -> None:
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def _print_found(found: Sequence[tuple[OptionSet, Option]]) -> None:
    from rich.text import Text

    from nix_lsp.cli.columns import columns
    from nix_lsp.cli.frames import console

    out = console(sys.stdout)
    for options in dict.fromkeys(options for options, _ in found):
        rows = [(Text(".".join(option.path), "bold"), option.type) for owner, option in found if owner is options]
        out.print(Text(options.label, "dim"))
        out.print(columns(rows))


def _print_details(exact: Sequence[tuple[OptionSet, Resolution]], words: str, form: str) -> None:
    if form == "json":
        _print_json([_detail(options, found, words) for options, found in exact])
        return
    from rich.text import Text

    from nix_lsp.cli.columns import columns
    from nix_lsp.cli.frames import console

    out = console(sys.stdout)
    for place, (options, found) in enumerate(exact):
        rows = [(Text(name, "dim"), text) for name, text in _facts(options, found)]
        out.print(Text("\n" if place else "").append(words, "bold"))
        out.print(columns(rows))
        if found.option and found.option.description:
            out.print(Text(f"\n{found.option.description.strip()}"))


def _facts(options: OptionSet, found: Resolution) -> list[tuple[str, str]]:
    rows = [("in", options.label)]
    if found.move:
        target = f" to {'.'.join(found.move.target)}" if found.move.target else ""
        since = f" (since {found.move.since})" if found.move.since else ""
        rows.append((found.move.kind.value, f"{target.strip() or 'without a replacement'}{since}"))
        if found.move.reason:
            rows.append(("why", found.move.reason))
        declared = [found.move.declared_in] if found.move.declared_in else []
    elif option := found.option:
        rows.append(("type", option.type))
        rows += [(name, text) for name, text in (("default", option.default), ("example", option.example)) if text]
        if option.read_only:
            rows.append(("read only", "yes"))
        if found.since:
            rows.append(("since", str(found.since)))
        declared = list(option.declared_in)
    else:
        rows.append(("not yet", f"comes in {found.since}" if found.since else "comes in a later release"))
        declared = []
    return rows + [("declared in", each.url or each.file) for each in declared]


def _detail(options: OptionSet, found: Resolution, words: str) -> dict[str, Any]:
    record = _record(options, found.option) if found.option else {"set": options.set, "path": words}
    move = found.move
    return {
        **record,
        "answeredBy": options.label,
        "standing": found.standing.value,
        "target": ".".join(move.target) if move and move.target else None,
        "since": str(found.since or (move and move.since) or "") or None,
    }


def _differences(arguments: argparse.Namespace) -> int:
    from option_index.cache import cache_folder
    from option_index.catalog import Catalog
    from option_index.differences import differences

    catalog = Catalog(cache_folder())
    kind = arguments.kind or "nixos"
    before, after = (catalog.options(kind, _point(catalog, kind, pin)) for pin in arguments.diff)
    if before is None or after is None:
        raise ValueError(f"{kind}: nothing is known of this module set")
    found = differences(before, after)
    shown = found[: arguments.limit] if arguments.limit else found
    match arguments.format:
        case "json":
            _print_json([each._asdict() | {"path": ".".join(each.path), "kind": each.kind.value} for each in shown])
        case "markdown":
            print(f"# {before.label} → {after.label}\n")
            print("| | option | |\n|---|---|---|")
            for each in shown:
                print(f"| {each.kind.value} | `{'.'.join(each.path)}` | {_told(each).replace('|', chr(92) + '|')} |")
        case _:
            _print_differences(before, after, shown)
    return FOUND if found else NOTHING


def _print_differences(before: OptionSet, after: OptionSet, shown: Sequence[Difference]) -> None:
    from collections import Counter

    from rich.text import Text

    from nix_lsp.cli.columns import columns
    from nix_lsp.cli.frames import console

    out = console(sys.stdout)
    out.print(Text(f"{before.label} → {after.label}", "bold"))
    out.print(columns([(each.kind.value, ".".join(each.path), _told(each)) for each in shown]))
    counts = Counter(each.kind.value for each in shown)
    out.print(Text(", ".join(f"{count} {name}" for name, count in counts.items()) or "Nothing differs.", "bold"))


def _told(each: Difference) -> str:
    return f"{each.before or ''} → {each.after}" if each.before and each.after else each.after or each.before or ""
