"""home-manager's `programs.ssh.matchBlocks` as `programs.ssh.settings`: the same blocks, their keys as ssh_config(5) spells them.

What home-manager's own module makes of the old blocks (modules/programs/ssh.nix, `legacyBlockSettings`) is what is written. A block that
says more than a literal set does (`common // { … }`), or a value that is left out there, leaves the whole to its author.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.ide.edits import apply
from nix_lsp.ide.model import TextEdit
from nix_lsp.ide.rewrites.drift.conversion import Entry
from nix_lsp.syntax.ast import STRINGS, Attr, application, attrs, bindings, select_path, span, text, unparenthesized
from nix_lsp.syntax.layout import attrpath_text, quoted
from nix_lsp.syntax.span import Span
from nix_lsp.syntax.strings import read_string

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tree_sitter import Node

    from nix_lsp.ide.rewrites.drift.conversion import Old

    Edits = list[TextEdit]

_SAME = (
    "addressFamily",
    "addKeysToAgent",
    "certificateFile",
    "compression",
    "controlMaster",
    "controlPath",
    "controlPersist",
    "forwardAgent",
    "hashKnownHosts",
    "identitiesOnly",
    "identityAgent",
    "identityFile",
    "kexAlgorithms",
    "port",
    "proxyCommand",
    "proxyJump",
    "sendEnv",
    "serverAliveCountMax",
    "serverAliveInterval",
    "setEnv",
    "user",
    "userKnownHostsFile",
)
"""Keys that differ in their first letter alone."""
KEYS = {
    **{key: key[0].upper() + key[1:] for key in _SAME},
    "checkHostIP": "CheckHostIP",
    "dynamicForwards": "DynamicForward",
    "forwardX11": "ForwardX11",
    "forwardX11Trusted": "ForwardX11Trusted",
    "hostname": "HostName",
    "localForwards": "LocalForward",
    "remoteForwards": "RemoteForward",
}
"""What each key of a block is now."""
_HEADERS = {"host": "Host ", "match": "Match "}
_WRITTEN_IF = {"checkHostIP": "false", "forwardX11": "true", "forwardX11Trusted": "true"}
"""The other value of these said nothing, and would now."""
_LITERALS = frozenset({*STRINGS, "float_expression", "integer_expression"})
_DEFAULTED = frozenset(
    {
        "addKeysToAgent",
        "compression",
        "controlMaster",
        "controlPath",
        "controlPersist",
        "forwardAgent",
        "hashKnownHosts",
        "serverAliveCountMax",
        "serverAliveInterval",
        "userKnownHostsFile",
    }
)
"""Keys for which the block `*` has a value of home-manager's own: a `null` left that in place, and would now take it away."""
_CHOOSY = frozenset({*_WRITTEN_IF, *_DEFAULTED, "dynamicForwards", "localForwards", "remoteForwards"})
"""Keys that take over not every value."""
_WRAPPERS = {"entryAfter": 2, "entryAnywhere": 1, "entryBefore": 2, "entryBetween": 3, "mkIf": 2}
"""Functions whose last argument is the block, and how many arguments they take (home-manager, modules/lib/dag.nix)."""
_MAKERS = {"genAttrs": (1, 1), "mapAttrs": (0, 2)}
"""Functions that make all blocks: which argument makes one, and of how many values."""
_ARGUMENTS = 2
_NOT_FREE = frozenset({"header", "host", "include", "match", "setenv"})
"""Keys of ssh_config(5), in lower case, that mean something else in `extraOptions` than they do in a block."""


class _Binding(NamedTuple):
    node: Node
    path: tuple[Attr, ...]
    value: Node

    @property
    def first(self) -> Attr:
        """The first segment; its name is empty where only evaluation knows it."""
        head = next(iter(self.path), None)
        return Attr(head.name or "", head.span) if head else Attr("", span(self.node))

    @property
    def key(self) -> str:
        return self.first.name or ""


def blocks(old: Old) -> Sequence[Entry] | None:
    """Convert the set of all blocks."""
    return _converted(old.node, _blocks(old.node))


def block(old: Old) -> Sequence[Entry] | None:
    """Convert one block, with the functions that give it its place."""
    return _converted(old.node, _block(old.node))


def setting(key: str) -> Callable[[Old], Sequence[Entry] | None]:
    """Convert the value of one key of a block."""

    def convert(old: Old) -> Sequence[Entry] | None:
        return (Entry((), old.text),) if _keeps(key, old.node) else None

    return convert


def _converted(node: Node, edits: Edits | None) -> Sequence[Entry] | None:
    if edits is None:
        return None
    start = node.start_byte
    shifted = [TextEdit(Span(each.span.start - start, each.span.end - start), each.text) for each in edits]
    return (Entry((), apply(node.text or b"", shifted).decode("utf-8", "replace")),)


def _parts(node: Node) -> tuple[list[_Binding], list[Node]] | None:
    """Return the bindings of a plain set, and what it inherits; None where it is none."""
    if node.type != "attrset_expression":
        return None
    found: list[_Binding] = []
    inherited: list[Node] = []
    for each in bindings(node):
        path, value = each.child_by_field_name("attrpath"), each.child_by_field_name("expression")
        if each.type != "binding":
            inherited.append(each)
        elif path is None or value is None:
            return None
        else:
            found.append(_Binding(each, attrs(path), value))
    return found, inherited


def _read(node: Node) -> list[_Binding] | None:
    """Return the bindings of a plain set; None where it inherits, or is none."""
    parts = _parts(node)
    return parts[0] if parts and not parts[1] else None


def _blocks(node: Node) -> Edits | None:
    node = unparenthesized(node)
    if (made := _made(node)) is not None:
        return _block(made)
    read = _read(node)
    if read is None:
        return None
    edits: Edits = []
    apart: dict[object, list[_Binding]] = {}
    for each in read:
        if len(each.path) > 1:
            apart.setdefault(each.key or each.node.id, []).append(each._replace(path=each.path[1:]))
        elif (found := _block(each.value)) is None:
            return None
        else:
            edits += found
    for group in apart.values():
        if (found := _keys(group)) is None:
            return None
        edits += found
    return edits


def _made(node: Node) -> Node | None:
    """Return the block that a function of names makes each time: the body of `host: { … }` in `genAttrs [ … ] (host: { … })`."""
    function, arguments = application(node)
    path = select_path(function) if len(arguments) == _ARGUMENTS else None
    if path is None or path[-1] not in _MAKERS:
        return None
    at, depth = _MAKERS[path[-1] or ""]
    body = unparenthesized(arguments[at])
    for _ in range(depth):
        inner = body.child_by_field_name("body") if body.type == "function_expression" else None
        if inner is None:
            return None
        body = unparenthesized(inner)
    return body


def _block(node: Node) -> Edits | None:
    node = unparenthesized(node)
    if node.type == "apply_expression":
        function, arguments = application(node)
        path = select_path(function)
        known = path is not None and _WRAPPERS.get(path[-1] or "") == len(arguments)
        return _block(arguments[-1]) if known else None
    parts = _parts(node)
    return _keys(*parts) if parts is not None else None


def _keys(read: Sequence[_Binding], inherited: Sequence[Node] = ()) -> Edits | None:
    """Convert the bindings of one block, and what it inherits."""
    edits: Edits = []
    written: list[str] = []
    for each in inherited:
        if (taken := _inherited(each)) is None:
            return None
        written += taken[0]
        edits += taken[1]
    for each in read:
        name = each.key
        if name == "extraOptions":
            found = _extra(each)
            if found is None:
                return None
            keys, changed = found
            written += keys
            edits += changed
        elif name in _HEADERS:
            header = _header(each, _HEADERS[name])
            if header is None:
                return None
            written.append("header")
            edits += header
        elif name in KEYS and (len(each.path) > 1 or _keeps(name, each.value)):
            written += [KEYS[name]] if len(each.path) == 1 else []
            edits.append(TextEdit(each.first.span, KEYS[name]))
        else:
            return None
    folded = [key.lower() for key in written]
    return edits if len(set(folded)) == len(folded) else None


def _inherited(node: Node) -> tuple[list[str], Edits] | None:
    """Write `inherit (host) port;` as `Port = host.port;`; returns the keys, and the edits."""
    source, named = node.child_by_field_name("expression"), node.child_by_field_name("attrs")
    names = attrs(named) if named else ()
    if not names or "#" in text(node):
        return None
    before = ""
    if source is not None:
        plain = source.type in {"variable_expression", "select_expression"} and not source.child_by_field_name(
            "default"
        )
        before = f"{text(source)}." if plain else f"({text(source)})."
    values = {each.name or "": each for each in names}
    if len(values) < len(names) or any(name not in KEYS or name in _CHOOSY for name in values):
        return None
    lines = [f"{KEYS[name]} = {before}{name};" for name in values]
    return [KEYS[name] for name in values], [TextEdit(span(node), _between(node).join(lines))]


def _between(node: Node) -> str:
    """Return what stands between bindings that take the place of one: a line of their own each, where it had one."""
    before = node.prev_sibling or (node.parent and node.parent.prev_sibling)
    has_line = before is not None and before.end_point.row < node.start_point.row
    return "\n" + " " * node.start_point.column if has_line else " "


def _keeps(name: str, value: Node) -> bool:
    """Tell whether a value says the same under the key's new name."""
    node = unparenthesized(value)
    said = text(node)
    if said == "null":
        return False
    if name in _WRITTEN_IF:
        return said == _WRITTEN_IF[name]
    if name in _DEFAULTED:
        return node.type in _LITERALS or said in {"true", "false"}
    if name == "dynamicForwards":
        return _each_set(node, lambda _: True)
    if name in {"localForwards", "remoteForwards"}:
        # An address that is not said was none for the host, and is `localhost` now.
        return _each_set(node, lambda paths: ("host", "address") in paths and any(path[0] == "bind" for path in paths))
    return True


def _each_set(node: Node, fits: Callable[[list[tuple[str | None, ...]]], bool]) -> bool:
    """Tell whether a node is a list of plain sets whose paths all fit."""
    if node.type != "list_expression":
        return False
    for element in node.children_by_field_name("element"):
        paths = _paths(unparenthesized(element))
        if paths is None or not fits(paths):
            return False
    return True


def _paths(node: Node) -> list[tuple[str | None, ...]] | None:
    read = _read(node)
    if read is None:
        return None
    found: list[tuple[str | None, ...]] = []
    for each in read:
        names = tuple(segment.name for segment in each.path)
        below = _paths(each.value) if each.value.type == "attrset_expression" else []
        if below is None:
            return None
        found += [(*names, *path) for path in below] or [names]
    return found


def _header(binding: _Binding, word: str) -> Edits | None:
    """Write `match = "x"` as the block's first line: `header = "Match x"`."""
    node = unparenthesized(binding.value)
    content = read_string(node)
    if len(binding.path) > 1 or content is None:
        return None
    if content.static is not None:
        value = TextEdit(span(binding.value), quoted(word + content.static))
    elif node.type == "string_expression":
        value = TextEdit(Span(node.start_byte + 1, node.start_byte + 1), word)
    else:
        return None
    return [TextEdit(binding.first.span, "header"), value]


def _extra(binding: _Binding) -> tuple[list[str], Edits] | None:
    """Take the keys of `extraOptions` out of it; returns them, and the edits."""
    if len(binding.path) == 2:
        key = binding.path[1]
        if not _is_free(key.name or "", binding.value):
            return None
        return [key.name or ""], [TextEdit(Span(binding.first.span.start, key.span.start), "")]
    inner = _read(binding.value) if len(binding.path) == 1 else None
    if not inner or any(len(each.path) > 1 or not _is_free(each.key, each.value) for each in inner):
        return None
    own = (binding.value, *binding.value.named_children)
    if any(child.type == "comment" for part in own for child in part.children) or "\n" in "".join(
        text(each.node) for each in inner
    ):
        return None
    lines = [f"{attrpath_text([each.key])} = {text(each.value)};" for each in inner]
    return [each.key for each in inner], [TextEdit(span(binding.node), _between(binding.node).join(lines))]


def _is_free(key: str, value: Node) -> bool:
    """Tell whether a text under a key of `extraOptions` says the same beside the others."""
    return bool(key) and key.lower() not in _NOT_FREE and unparenthesized(value).type in STRINGS
