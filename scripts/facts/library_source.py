"""What the source of nixpkgs' `lib` says of its names: the parameters, and the type that the comment above gives (RFC 145)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from nix_lsp.syntax.ast import attr, bindings, text, unparenthesized
from nix_lsp.syntax.document import Document

if TYPE_CHECKING:
    from pathlib import Path

    from tree_sitter import Node

_LONGEST = 240
_FILES = {
    "attrsets": "attrsets.nix",
    "asserts": "asserts.nix",
    "cli": "cli.nix",
    "customisation": "customisation.nix",
    "debug": "debug.nix",
    "derivations": "derivations.nix",
    "fetchers": "fetchers.nix",
    "fileset": "fileset/default.nix",
    "filesystem": "filesystem.nix",
    "fixedPoints": "fixed-points.nix",
    "flakes": "flakes.nix",
    "generators": "generators.nix",
    "gvariant": "gvariant.nix",
    "kernel": "kernel.nix",
    "lists": "lists.nix",
    "meta": "meta.nix",
    "misc": "deprecated/misc.nix",
    "modules": "modules.nix",
    "network": "network/default.nix",
    "options": "options.nix",
    "path": "path/default.nix",
    "sources": "sources.nix",
    "strings": "strings.nix",
    "stringsWithDeps": "strings-with-deps.nix",
    "trivial": "trivial.nix",
    "types": "types.nix",
    "versions": "versions.nix",
}
"""The file of each set of functions (nixpkgs lib/default.nix)."""


class Definition(NamedTuple):
    """How a function is written."""

    args: tuple[str, ...]
    """Its parameters; a set of them as `{a,b?}`."""
    signature: str | None


def definitions(library: Path) -> dict[str, Definition]:
    """Return what the files of a `lib` folder define, by dotted path; also by the bare name, which `lib` itself inherits."""
    found: dict[str, Definition] = {}
    for name, file in _FILES.items():
        path = library / file
        if not path.exists():
            continue
        for binding, definition in _defined(Document(str(path), path.read_bytes())).items():
            found[f"{name}.{binding}"] = definition
            known = found.get(binding)
            if known is None or (not known.signature and definition.signature):
                found[binding] = definition
    return found


def _defined(document: Document) -> dict[str, Definition]:
    found: dict[str, Definition] = {}
    stack: list[Node] = [document.root]
    while stack:
        node = stack.pop()
        if node.type in {"let_expression", "rec_attrset_expression", "attrset_expression"}:
            for binding in bindings(node):
                path = binding.child_by_field_name("attrpath")
                value = binding.child_by_field_name("expression")
                if binding.type != "binding" or path is None or value is None or path.named_child_count != 1:
                    continue
                name = attr(path.named_children[0]).name
                if name and name not in found:
                    found[name] = Definition(_parameters(value), _signature(binding, name))
                if (
                    node.type == "let_expression"
                    and name
                    and value.type in {"attrset_expression", "rec_attrset_expression"}
                ):
                    stack.append(value)
        if node.type in {"attrset_expression", "rec_attrset_expression"}:
            continue
        body = node.child_by_field_name("body")
        stack.extend([body] if body else [child for child in node.named_children if child.type != "binding_set"])
    return found


def _parameters(value: Node) -> tuple[str, ...]:
    found: list[str] = []
    value = unparenthesized(value)
    while value.type == "function_expression":
        formals = value.child_by_field_name("formals")
        if formals:
            found.append(
                "{" + ",".join(_formal(child) for child in formals.named_children if child.type == "formal") + "}"
            )
        elif name := value.child_by_field_name("universal"):
            found.append(text(name))
        body = value.child_by_field_name("body")
        if body is None:
            break
        value = unparenthesized(body)
    return tuple(found)


def _formal(node: Node) -> str:
    name = node.child_by_field_name("name")
    return (text(name) if name else "") + ("?" if node.child_by_field_name("default") else "")


def _signature(binding: Node, name: str) -> str | None:
    comment = binding.prev_sibling
    while comment is not None and comment.type == "comment":
        said = re.search(
            rf"(?:^|\s){re.escape(name)}\s*::((?:(?!```|\n\s*\n|\n\s*#|\n\s*[A-Z]\w*:|\*/).)*)",
            text(comment),
            re.DOTALL,
        )
        if said:
            joined = " ".join(said[1].split())
            return joined if len(joined) <= _LONGEST else None
        comment = comment.prev_sibling
    return None
