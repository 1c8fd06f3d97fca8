"""Documents: lines, and edits that leave what a fresh parse gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nix_lsp.syntax.document import Change, Document
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Tree

_TEXT = """\
{ config, lib, ... }@args:
let
  port = 80; # é 😀
in
{
  services.nginx = lib.mkIf config.x.enable {
    enable = true;
    virtualHosts."a.b".locations."/".extraConfig = ''
      listen ${toString port};
    '';
  };
}
"""
_PIECES = st.sampled_from(
    [
        *"{}[]()=;\"'$.:,?#a1 \n\r",
        "''",
        "${",
        "\r\n",
        "/*",
        "*/",
        "let ",
        " in ",
        "with ",
        "rec {",
        "inherit ",
        "é",
        "😀",
        "",
    ]
)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        (b"", (0,)),
        (b"a\nb", (0, 2)),
        (b"a\n", (0, 2)),
        (b"a\r\nb\rc\n", (0, 3, 5, 7)),
        (b"a\x0cb\x0bc\xc2\x85d\xe2\x80\xa8e", (0,)),
        (b"\n\r", (0, 1, 2)),
    ],
)
def test_lines_end_at_the_protocols_line_ends_and_no_others(text: bytes, starts: tuple[int, ...]):
    assert Document("/t.nix", text).line_starts == starts


def test_an_offset_belongs_to_the_line_it_stands_in():
    document = Document("/t.nix", b"ab\r\ncd")
    assert [document.line_of(offset) for offset in range(7)] == [0, 0, 0, 0, 1, 1, 1]


def test_changes_apply_one_after_another():
    document = Document("/t.nix", b"{ a = 1; }", 1)
    edited = document.edited([Change(Span(6, 7), b"22"), Change(Span(8, 8), b"3")], 2)
    assert (edited.source, edited.version) == (b"{ a = 223; }", 2)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), line_end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_an_edited_document_equals_a_fresh_one(data: st.DataObject, line_end: str):
    document = Document("/t.nix", _TEXT.replace("\n", line_end).encode())
    _ = document.tree
    for version in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(document.source)))
        end = min(len(document.source), start + data.draw(st.integers(0, 12)))
        new = "".join(data.draw(st.lists(_PIECES, max_size=4))).encode()
        _ = document.line_starts
        document = document.edited([Change(Span(start, end), new)], version)
    fresh = Document("/t.nix", document.source)
    assert document.line_starts == fresh.line_starts
    assert _nodes(document.tree) == _nodes(fresh.tree)


def _nodes(tree: Tree) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    pending = [(tree.root_node, 0)]
    while pending:
        node, depth = pending.pop()
        found.append(
            (depth, node.type, node.start_byte, node.end_byte, node.start_point, node.end_point, node.is_missing)
        )
        pending.extend((child, depth + 1) for child in node.children)
    return found
