"""What a script does is found once for as long as the script stays as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.analysis.module import read_module
from nix_lsp.ide.rewrites.imperative.sites import sites
from nix_lsp.syntax.document import Change, Document
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from nix_lsp.ide.rewrites.imperative.tool_use import ToolUse

TOOLS = re.compile(rb"useradd|nvm\.sh")
MODULE = b"""
{
  networking.hostName = "box";
  system.activationScripts.a.text = ''
    useradd bob
    for user in a b; do useradd $user; done
    . "$NVM_DIR/nvm.sh"
  '';
}
"""


def use(document: Document) -> ToolUse:
    (root,) = read_module(document).roots
    (site,) = sites(document, root, "nixos", TOOLS)
    return site.reading.use


def replaced(document: Document, old: bytes, new: bytes) -> Document:
    at = document.source.index(old)
    return document.edited([Change(Span(at, at + len(old)), new)], 1)


def test_an_edit_elsewhere_leaves_it_as_it_was():
    document = Document("/etc/nixos/module.nix", MODULE)
    assert use(replaced(document, b"box", b"other")) is use(document)


def test_an_edit_in_the_script_is_seen():
    document = Document("/etc/nixos/module.nix", MODULE)
    assert [run.arguments[0].value for _, run in use(document).runs if run.tool == "useradd"] == ["bob"]
    edited = use(replaced(document, b"bob", b"eve"))
    assert [run.arguments[0].value for _, run in edited.runs if run.tool == "useradd"] == ["eve"]


def test_it_names_what_compound_statements_and_sourced_files_name():
    named = use(Document("/etc/nixos/module.nix", MODULE.replace(b"    useradd bob\n", b""))).named
    assert {"useradd", "nvm.sh"} <= named
