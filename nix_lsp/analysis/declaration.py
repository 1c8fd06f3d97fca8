"""Reading option declarations: `mkOption`, `mkEnableOption`, `mkPackageOption`, and options of submodules below them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from nix_lsp.analysis.definition import DeclaredOption
from nix_lsp.analysis.meaning import Part
from nix_lsp.analysis.module_forms import imported_path
from nix_lsp.analysis.type_phrases import CONTAINERS, PHRASES, phrase_class, wrapped
from nix_lsp.syntax.ast import (
    Attr,
    application,
    attrs,
    bindings,
    select_path,
    static_string,
    text,
    unparenthesized,
)
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from nix_lsp.analysis.wrappers import Wrappers
    from nix_lsp.syntax.document import Document

_Member = tuple[tuple[Attr, ...], "Node"]
"""A path below `options`, and what is declared there."""
_SETS = frozenset({"attrset_expression", "rec_attrset_expression"})
_DEPTH = 64
_LIMIT = 20_000
"""Declarations of one file."""
_TEXT = 400
"""Bytes of a default that are worth showing."""

_MAKERS = frozenset({"mkOption", "mkEnableOption", "mkPackageOption", "mkPackageOptionMD"})
_MODULE_SETTINGS = frozenset({"modules", "specialArgs", "shorthandOnlyDefinesConfig", "class"})
"""What `submoduleWith` takes that leaves its phrase as it is."""
_NO_SETS = frozenset(
    {"listOf", "nonEmptyListOf", "enum", "strMatching", "separatedString", "ints.between", "numbers.between"}
)
_MAY_BE_SETS = frozenset(
    {"anything", "attrs", "deferredModule", "package", "pkgs", "raw", "shellPackage", "unspecified", "fileset", "path"}
)
"""Simple types that sets are of as well, or derivations."""
_ENUM = {"string_expression", "integer_expression"}


def declared_options(
    document: Document, wrappers: Wrappers, path: tuple[Attr, ...], value: Node
) -> Iterator[DeclaredOption]:
    """Yield the options in the value of an `options.<path>` binding.

    A value that is neither a set nor known is an option of unknown type: own functions (`mkOpt`) declare options too.
    """
    pending = [(path, Part(value, conditional=False, names=()))]
    count = 0
    while pending and count < _LIMIT:
        here, start = pending.pop()
        if len(here) > _DEPTH:
            continue
        below: list[tuple[tuple[Attr, ...], Part]] = []
        parts = [part for part in wrappers.parts(start) if len(part.names) <= _DEPTH]
        # `mkEnableOption "x" // { default = true; }` is one option, not a set of options.
        is_option = any(_maker(part.node) for part in parts)
        overrides = {name: value for part in parts if is_option for name, value in _named_members(part.node)}
        for part in parts:
            if part.node.type in _SETS:
                inside = () if is_option else _members(part.node, here)
                below += [(names, part._replace(node=node)) for names, node in inside]
            elif not is_option and (made := wrappers.made(part)) is not None:
                members = list(made)
                below += [((*here, member.attr), member.value) for member in members if member.value]
                # Where not every name or value is seen, any option may be there.
                if not here or all(member.value for member in members):
                    continue
                count += 1
                yield _option(document, part.node, here, {})[0]
            elif here:
                count += 1
                option, submodules = _option(document, part.node, here, overrides)
                yield option
                below += [(names, part._replace(node=node)) for names, node in submodules]
        pending.extend(reversed(below))


def _maker(node: Node) -> str | None:
    """Return which of nixpkgs' functions for options an expression applies."""
    function, arguments = application(node)
    path = select_path(function) if arguments else None
    return path[-1] if path and path[-1] in _MAKERS else None


def _members(owner: Node, path: tuple[Attr, ...]) -> Iterator[_Member]:
    for binding in bindings(owner):
        attrpath = binding.child_by_field_name("attrpath") if binding.type == "binding" else None
        value = binding.child_by_field_name("expression")
        if attrpath is not None and value is not None:
            yield (*path, *attrs(attrpath)), value


def _option(
    document: Document, node: Node, path: tuple[Attr, ...], overrides: dict[str, Node]
) -> tuple[DeclaredOption, list[_Member]]:
    """Read one declaration; the second part are the options of the submodules in its type."""
    _, arguments = application(node)
    type_: str | None = None
    default: str | None = None
    description: str | None = None
    members = overrides
    match _maker(node), arguments:
        case "mkEnableOption", [subject, *_]:
            type_, default = "boolean", "false"
            name = _static(subject)
            description = f"Whether to enable {name}." if name is not None else None
        case "mkPackageOption" | "mkPackageOptionMD", [packages, attribute, *rest]:
            settings = dict(_named_members(unparenthesized(rest[0]))) if rest else {}
            nullable = settings.get("nullable")
            type_ = "null or package" if nullable is not None and text(nullable) == "true" else "package"
            name = None if "default" in settings else _static(attribute)
            default = f"{text(packages)}.{name}" if name is not None else None
        case "mkOption", [declaration, *_]:
            members = dict(_named_members(unparenthesized(declaration))) | overrides
        case _:
            pass
    below: list[_Member] = []
    files: list[tuple[tuple[Attr, ...], str]] = []
    is_closed = False
    if type_node := members.get("type"):
        type_ = type_sentence(type_node)
        modules, place = _submodules(type_node, path)
        # Modules that declare together see one another's options; each by itself says what it declares.
        below = [member for each in modules for member in _declared_in(each, place)]
        files = [(place, file) for each in modules for file in _files(each, document.path)]
        is_closed = bool(modules) and all(map(_is_whole, modules))
    default = _shown(members.get("defaultText")) or _shown(members.get("default")) or default
    if described := members.get("description"):
        description = _static(described)
    option = DeclaredOption(path, node, type_, default, description, document.path, is_closed, modules=tuple(files))
    return option, below


def _named_members(owner: Node) -> Iterator[tuple[str, Node]]:
    for path, value in _members(owner, ()) if owner.type in _SETS else ():
        if len(path) == 1 and path[0].name is not None:
            yield path[0].name, value


def _shown(node: Node | None) -> str | None:
    """Return a default's text, or the text that `literalExpression "…"` gives for it."""
    if node is None:
        return None
    function, arguments = application(node)
    names = select_path(function)
    if arguments and names and names[-1] in {"literalExpression", "literalMD", "literalExample"}:
        return _static(arguments[0])
    return text(node) if node.end_byte - node.start_byte <= _TEXT else None


def _static(node: Node) -> str | None:
    """Return the text of a static string; `mdDoc "…"` is one too."""
    from nix_lsp.syntax.strings import read_string

    function, arguments = application(node)
    names = select_path(function)
    if names and names[-1] in {"mdDoc", "markdown"} and len(arguments) == 1:
        node = arguments[0]
    content = read_string(unparenthesized(node))
    return content.static if content else None


def type_sentence(node: Node) -> str | None:
    """Return the phrase that the module system prints for a static type expression; None where it is not known.

    `types.nullOr (types.listOf types.str)` is `null or (list of string)`.
    """
    wraps: list[str] = []
    for _ in range(_DEPTH):
        node = _without_with(node)
        function, arguments = application(node)
        name = _type_name(function)
        if name is None:
            return None
        if not arguments:
            return wrapped(PHRASES.get(name), wraps)
        if name in CONTAINERS and len(arguments) == 1:
            wraps.append(CONTAINERS[name][0])
            node = arguments[0]
        elif name == "enum" and len(arguments) == 1:
            return wrapped(_enum(arguments[0]), wraps)
        elif (modules := _modules(name, arguments)) is not None:
            return None if any(map(_is_open, modules)) else wrapped("submodule", wraps)
        elif name == "strMatching" and len(arguments) == 1:
            pattern = static_string(unparenthesized(arguments[0]))
            return wrapped(None if pattern is None else f"string matching the pattern {pattern}", wraps)
        elif name == "ints.between" and len(arguments) == 2 and all(a.type == "integer_expression" for a in arguments):
            low, high = map(text, arguments)
            return wrapped(f"integer between {low} and {high} (both inclusive)", wraps)
        elif name == "either" and len(arguments) == 2:
            return wrapped(_alternatives(arguments), wraps)
        elif name == "oneOf" and len(arguments) == 1 and arguments[0].type == "list_expression":
            return wrapped(_alternatives(arguments[0].children_by_field_name("element")), wraps)
        else:
            return None
    return None


def _modules(name: str | None, arguments: list[Node]) -> list[Node] | None:
    """Return the sets of a submodule's modules; None where the type is none, or not all of its modules are seen."""
    if name == "submodule" and len(arguments) == 1:
        return [_module_set(arguments[0])]
    if name != "submoduleWith" or len(arguments) != 1:
        return None
    settings = dict(_named_members(unparenthesized(arguments[0])))
    modules = settings.get("modules")
    if modules is None or modules.type != "list_expression" or not settings.keys() <= _MODULE_SETTINGS:
        return None
    return [_module_set(each) for each in modules.children_by_field_name("element")]


def _choices(name: str | None, arguments: list[Node]) -> list[Node]:
    """Return the types that a value may have each: those of `either`, `oneOf`, `coercedTo`; nothing for another type."""
    if name == "either" and len(arguments) == 2:
        return arguments
    if name == "oneOf" and len(arguments) == 1 and arguments[0].type == "list_expression":
        return arguments[0].children_by_field_name("element")
    return [arguments[0], arguments[2]] if name == "coercedTo" and len(arguments) == 3 else []


def _takes_no_set(node: Node) -> bool:
    """Tell whether no attribute set is of a type."""
    function, arguments = application(_without_with(node))
    name = _type_name(function)
    return name in _NO_SETS if arguments else name in PHRASES and name not in _MAY_BE_SETS


def _alternatives(nodes: list[Node]) -> str | None:
    """Join simple types with `or`; one that is itself built of several is left to evaluation."""
    phrases: list[str] = []
    for node in nodes:
        function, arguments = application(unparenthesized(node))
        name = None if arguments else _type_name(function)
        phrase = PHRASES.get(name) if name else None
        if phrase is None or phrase_class(phrase) != "noun":
            return None
        phrases.append(phrase)
    return " or ".join(phrases) or None


def _type_name(function: Node) -> str | None:
    """Return the name below `lib.types`; a bare name (`with types;`, `inherit (lib.types) str;`) is one too."""
    path = select_path(function)
    if path is None or None in path:
        return None
    names = [name for name in path if name is not None]
    while len(names) > 1 and names[0] in {"lib", "types", "t"}:
        names = names[1:]
    return ".".join(names)


def _enum(node: Node) -> str | None:
    node = unparenthesized(node)
    if node.type != "list_expression":
        return None
    values: list[str] = []
    for element in node.children_by_field_name("element"):
        if element.type not in _ENUM or (element.type == "string_expression" and static_string(element) is None):
            return None
        values.append(text(element))
    if not values:
        return None
    return f"value {values[0]} (singular enum)" if len(values) == 1 else f"one of {', '.join(values)}"


def _is_open(module: Node) -> bool:
    """Tell whether a submodule's module may have a type for options that it does not declare: its phrase tells that type."""
    return module.type not in _SETS or any(
        binding.type != "binding" or text(binding).startswith(("freeformType", "imports"))
        for binding in bindings(module)
    )


def _submodules(node: Node, path: tuple[Attr, ...]) -> tuple[list[Node], tuple[Attr, ...]]:
    """Return the modules of the submodule in a type, and the path with the segments that lead to it."""
    for _ in range(_DEPTH):
        node = _without_with(node)
        function, arguments = application(node)
        name = _type_name(function) if arguments else None
        if name in CONTAINERS:
            segment = CONTAINERS[name][1]
            path = (*path, Attr(segment, Span(node.start_byte, node.start_byte))) if segment else path
            node = arguments[-1]
        elif modules := _modules(name, arguments):
            return modules, path
        elif len(several := [each for each in _choices(name, arguments) if not _takes_no_set(each)]) == 1:
            (node,) = several
        else:
            break
    return [], path


def _files(module: Node, document: str) -> Iterator[str]:
    """Yield the absolute paths of the files that a submodule's module is, or imports, as a document at a path writes them."""
    elements = [module]
    for names, value in _members(module, ()) if module.type in _SETS else ():
        if len(names) == 1 and names[0].name == "imports" and value.type == "list_expression":
            elements += value.children_by_field_name("element")
    for element in elements:
        if (found := imported_path(element)) is not None:
            yield posixpath.normpath(posixpath.join(posixpath.dirname(document), text(found)))


def _declared_in(module: Node, path: tuple[Attr, ...]) -> Iterator[_Member]:
    for members, value in _members(module, ()) if module.type in _SETS else ():
        if members[0].name == "options":
            yield (*path, *members[1:]), value


def _is_whole(module: Node) -> bool:
    """Tell whether a submodule's options are all written in the set of its module."""
    if module.type not in _SETS or _is_open(module):
        return False
    pending = [(names[1:], value) for names, value in _members(module, ()) if names[0].name == "options"]
    is_found = bool(pending)
    while pending:
        names, node = pending.pop()
        node = unparenthesized(node)
        if any(name.name is None for name in names):
            return False
        if node.type in _SETS:
            if any(binding.type != "binding" for binding in bindings(node)):
                return False
            pending.extend(_members(node, ()))
        elif not _maker(node) and not _maker(_first_side(node)):
            return False
    return is_found


def _first_side(node: Node) -> Node:
    """Return the option in `mkEnableOption "x" // { default = true; }`."""
    left = node.child_by_field_name("left") if node.type == "binary_expression" else None
    return left if left is not None else node


def _without_with(node: Node) -> Node:
    """Return the type in `with types; nullOr str` and in parentheses."""
    for _ in range(_DEPTH):
        node = unparenthesized(node)
        inner = node.child_by_field_name("body") if node.type == "with_expression" else None
        if inner is None:
            break
        node = inner
    return node


def _module_set(node: Node) -> Node:
    """Return the set of a submodule's module: functions and `let` round it taken off."""
    for _ in range(_DEPTH):
        node = unparenthesized(node)
        inner = node.child_by_field_name("body")
        if inner is None:
            break
        node = inner
    return node
