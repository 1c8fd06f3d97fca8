"""Plugin managers that Vim and Neovim bring themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_MANAGERS = ("plug#begin", "vundle#begin", "dein#begin", "minpac#init", "packer.startup", "wbthomason/packer.nvim")
_LAZY = "folke/lazy.nvim"
"""It may also be one of the plugins that Nix brings; what clones it does not."""
_START = re.compile("|".join(re.escape(name) for name in (*_MANAGERS, _LAZY)).encode())
_COMMENT = re.compile(rb'[ \t]*(?:"|--)')
_FILES = re.compile(r"(?:\.config/)?nvim/.+\.(?:vim|lua)|\.vimrc|\.vim/vimrc")
_NOTE = "Most plugins are in `pkgs.vimPlugins`, and what one is set up with can stand beside it: `{ plugin = …; config = …; }`."


def _match(reading: Reading) -> Iterator[Match]:
    kind, program, name = reading.path[:3]
    if kind == "programs":
        option = f"programs.{program}.plugins"
    elif _FILES.fullmatch(name):
        option = "programs.neovim.plugins" if "nvim" in name else "programs.vim.plugins"
    else:
        return
    text = reading.script.content
    for found in _START.finditer(text):
        line = text.rfind(b"\n", 0, found.start()) + 1
        if _COMMENT.match(text, line) or (found[0] == _LAZY.encode() and b"clone" not in text):
            continue
        yield Match((), (), at=Span(*found.span()), tier=Tier.EXPLAINED, advised=(option,), note=_NOTE)
        return


BOOTSTRAP = Rewrite(
    id="imp-nvim-bootstrap",
    summary="Plugins of the editor can be declared instead of fetched when it starts",
    why=(
        "A plugin manager clones into the home directory whatever is newest on the day that the editor is first started: a new machine needs the network "
        "before it can edit, two machines have two versions, and a rollback takes none of them back."
    ),
    keep="Keep it where plugins are loaded lazily by rules of their own, or the configuration is shared with machines that have no Nix.",
    before="programs.neovim.extraConfig = \"call plug#begin()\\nPlug 'tpope/vim-fugitive'\\ncall plug#end()\";",
    after="programs.neovim.plugins = [ pkgs.vimPlugins.vim-fugitive ];",
    tier=Tier.EXPLAINED,
    lanes=frozenset({"home-manager"}),
    places=frozenset({Place.FILE}),
    tools=frozenset({*_MANAGERS, _LAZY}),
    match=_match,
    options=("programs.neovim.plugins", "programs.vim.plugins"),
)
