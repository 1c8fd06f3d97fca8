"""ssh_config(5) as `programs.ssh`: blocks of home-manager, the text itself on NixOS and nix-darwin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.importing.foreign import Left, Noted, Wanted, one, plain_lines
from nix_lsp.ide.rewrites.drift.ssh import KEYS
from nix_lsp.ide.rewrites.imperative.rewrite import setting
from nix_lsp.ide.rewrites.imperative.value import Attrs, List, Setting, number_or_string, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.importing.foreign import Foreign, Piece
    from nix_lsp.ide.rewrites.imperative.value import Value

_LINE = re.compile(r"(\w+)(?:[ \t]*=[ \t]*|[ \t]+)(.*)")
_BOOLEANS = {"yes": True, "no": False}
_PATTERN = re.compile(r"[*?!]")
_ORDER = "home-manager sorts blocks by their names, and ssh takes the first value: `lib.hm.dag.entryBefore` puts one before another"
_CONDITIONS = "a block with conditions"
_FORWARDS = frozenset({"dynamicforward", "localforward", "remoteforward"})
"""home-manager writes them as sets, whose parts a line does not tell surely."""
_SEVERAL = frozenset({"certificatefile", "identityfile"})
"""Keywords of which every value counts."""
_OLDER = {new.lower(): old for old, new in KEYS.items()}
_SPELLED = {new.lower(): new for new in KEYS.values()}
_FLAGS = frozenset(
    {
        "checkhostip",
        "compression",
        "forwardagent",
        "forwardx11",
        "forwardx11trusted",
        "hashknownhosts",
        "identitiesonly",
    }
)
"""Keywords for which home-manager's older blocks have booleans."""


def read(file: Foreign, module_set: str) -> Iterator[Piece]:
    """Read one setting of one block a line; what stands before the first block holds for all hosts."""
    if module_set != "home-manager":
        text = "".join(f"{line}\n" for line in file.text.splitlines())
        yield one(text, setting("programs.ssh.extraConfig", string(text)))
        return
    said: dict[tuple[str, str], tuple[str, list[str]]] = {}
    everywhere: set[str] = set()
    host, is_match, is_first = "*", False, True
    for line in plain_lines(file.text):
        found = _LINE.fullmatch(line)
        keyword = found[1].lower() if found else ""
        if found and keyword == "host":
            host, is_match, is_first = " ".join(found[2].split()), False, False
            if _PATTERN.search(host) and host != "*":
                yield Noted(line, _ORDER)
        elif found and keyword == "match":
            is_match, is_first = True, False
            yield Left(line, _CONDITIONS)
        elif is_match:
            yield Left(f"  {line}", _CONDITIONS)
        elif found is None or keyword in _FORWARDS:
            yield Left(f"Host {host}\n  {line}")
        elif keyword == "include":
            includes = List(tuple(map(string, found[2].split())))
            yield one(line, setting("programs.ssh.enable", True), setting("programs.ssh.includes", includes))
        elif keyword not in _SEVERAL and ((host, keyword) in said or keyword in everywhere):
            yield Left(f"Host {host}\n  {line}", "ssh takes the first value")
        else:
            said.setdefault((host, keyword), (found[1], []))[1].append(found[2].strip())
            everywhere |= {keyword} if is_first else set()
    for (block, _), (keyword, values) in said.items():
        text = f"Host {block}" + "".join(f"\n  {keyword} {value}" for value in values)
        yield Wanted(text, _choices(block, keyword, values))


def _choices(host: str, keyword: str, values: list[str]) -> tuple[tuple[Setting, ...], ...]:
    """`settings` came with home-manager 26.05; before, blocks had options of their own and the rest went to `extraOptions`."""
    enable = setting("programs.ssh.enable", True)
    bare = [value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value for value in values]
    key = keyword.lower()
    name = _SPELLED.get(key, keyword[:1].upper() + keyword[1:])
    plain = _value(key, bare[0]) if len(bare) == 1 else List(tuple(map(string, bare)))
    newer = Setting(("programs", "ssh", "settings", host, name), plain)
    block = ("programs", "ssh", "matchBlocks", host)
    if key in _OLDER:
        is_flag = isinstance(plain, bool) and key not in _FLAGS
        older = Setting((*block, _OLDER[key]), string(bare[0]) if is_flag else plain)
    else:
        older = Setting((*block, "extraOptions", name), string(bare[0]))
    return (enable, newer), (enable, older)


def _value(key: str, value: str) -> Value:
    """Return a value as home-manager writes it: variables as a set, their names as a list, `yes` and `no` as booleans."""
    words = value.split()
    if key == "setenv" and all("=" in word for word in words):
        return Attrs(tuple((word.partition("=")[0], string(word.partition("=")[2])) for word in words))
    if key == "sendenv":
        return List(tuple(map(string, words)))
    return _BOOLEANS[value] if value in _BOOLEANS else number_or_string(value)
