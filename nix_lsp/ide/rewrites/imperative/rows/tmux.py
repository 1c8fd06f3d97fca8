"""Plugins of tmux that TPM fetches when somebody tells it to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nix_lsp.ide.model import Tier
from nix_lsp.ide.rewrites.imperative.rewrite import Match, Place, Reading, Rewrite, setting
from nix_lsp.ide.rewrites.imperative.value import Expression, List
from nix_lsp.syntax.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLUGIN = re.compile(
    rb"^[ \t]*set(?:-option)?[ \t]+-g[ \t]+@plugin[ \t]+(['\"]?)([\w.-]+/[\w.-]+)\1[ \t]*(?:\n|\Z)", re.MULTILINE
)
_RUN = re.compile(
    rb"^[ \t]*run(?:-shell)?[ \t]+(?:-b[ \t]+)?['\"]?[\w~/.$-]+/tpm/tpm['\"]?[ \t]*(?:\n|\Z)", re.MULTILINE
)
_SETTING = re.compile(rb"@(?!plugin\b)[\w-]+|@plugin\b")
_OTHERWISE = {
    "christoomey/vim-tmux-navigator": "vim-tmux-navigator",
    "catppuccin/tmux": "catppuccin",
    "dracula/tmux": "dracula",
    "sainnhe/tmux-fzf": "tmux-fzf",
}
_TPM = "tmux-plugins/tpm"
_OWN = "tmux-plugins/tmux-"


def _match(reading: Reading) -> Iterator[Match]:
    text = reading.script.content
    if reading.path != ("programs", "tmux", "extraConfig"):
        return
    lines = list(_PLUGIN.finditer(text))
    names = [line[2].decode() for line in lines]
    wanted = [_attribute(name) for name in names if name != _TPM]
    known = tuple(f"tmuxPlugins.{name}" for name in wanted if name)
    if not wanted:
        return
    # What is set for a plugin must stand before it is loaded.
    if len(known) < len(wanted) or len(_SETTING.findall(text)) > len(lines) or b"%if" in text:
        note = "What is set for a plugin goes with it: `{ plugin = pkgs.tmuxPlugins.x; extraConfig = …; }`."
        at = Span(lines[0].start(2), lines[0].end(2))
        yield Match((), (), at=at, tier=Tier.EXPLAINED, advised=("programs.tmux.plugins",), note=note)
        return
    listed = List(tuple(Expression(f"pkgs.{name}") for name in known))
    cuts = sorted(Span(*found.span()) for found in (*lines, *_RUN.finditer(text)))
    left = _RUN.sub(b"", _PLUGIN.sub(b"", text))
    choice = (setting("programs.tmux.plugins", listed),)
    if left.strip():
        yield Match((), (choice,), packages=known, cuts=tuple(cuts))
    else:
        yield Match((), (choice,), packages=known, is_whole=True)


def _attribute(name: str) -> str | None:
    return name.removeprefix(_OWN) if name.startswith(_OWN) else _OTHERWISE.get(name)


PLUGINS = Rewrite(
    id="imp-tmux-tpm",
    summary="Plugins of tmux can be declared",
    why=(
        "TPM clones plugins into the home directory when somebody presses its key, each at the newest commit of that day: a new machine has none of them, "
        "and two machines have two versions."
    ),
    keep="Keep it for a plugin that nixpkgs does not have, where `tmuxPlugins.mkTmuxPlugin` is too much.",
    before="programs.tmux.extraConfig = \"set -g @plugin 'tmux-plugins/tmux-resurrect'\";",
    after="programs.tmux.plugins = [ pkgs.tmuxPlugins.resurrect ];",
    lanes=frozenset({"nixos", "home-manager"}),
    places=frozenset({Place.FILE}),
    tools=frozenset({"@plugin"}),
    match=_match,
    options=("programs.tmux.plugins",),
)
