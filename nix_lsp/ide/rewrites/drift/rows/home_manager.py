"""home-manager's options whose value changed with their name; the conversions are those of its modules."""

from __future__ import annotations

from nix_lsp.ide.rewrites.drift.conversion import row
from nix_lsp.ide.rewrites.drift.converters import below_home, chosen, listed, negated, ordered, same
from nix_lsp.ide.rewrites.drift.ssh import KEYS, block, blocks, setting

ROWS = (
    row("home-manager", "programs.zsh.initExtraFirst", ordered("lib.mkBefore"), joins=True),
    row("home-manager", "programs.zsh.initExtraBeforeCompInit", ordered("lib.mkOrder 550"), joins=True),
    row("home-manager", "programs.zsh.initExtra", same, joins=True),
    row("home-manager", "programs.git.difftastic.enableAsDifftool", chosen('"both"', '"external"')),
    row("home-manager", "programs.difftastic.git.diffToolMode", chosen('"both"', '"external"')),
    row("home-manager", "programs.go.goPath", below_home(listed=True)),
    row("home-manager", "programs.go.goBin", below_home(listed=False)),
    row("home-manager", "programs.mcfly.enableFuzzySearch", chosen("2", "0")),
    row("home-manager", "programs.waybar.systemd.target", listed),
    row("home-manager", "programs.claude-code.memory.text", same),
    row("home-manager", "programs.claude-code.memory.source", same),
    row("home-manager", "programs.claude-code.skillsDir", same),
    row("home-manager", "programs.vscode.immutableExtensionsDir", negated),
    row("home-manager", "nix.gc.frequency", listed),
    row("home-manager", "services.swayidle.systemdTarget", listed),
    row("home-manager", "qt.useGtkTheme", chosen('{ name = "gtk2"; }', "null")),
    row("home-manager", "services.mako.criteria", same, "services.mako.settings", review=True),
    row("home-manager", "programs.ssh.matchBlocks", blocks),
    row("home-manager", "programs.ssh.matchBlocks.*", block, "programs.ssh.settings.*"),
    *(
        row("home-manager", f"programs.ssh.matchBlocks.*.{old}", setting(old), f"programs.ssh.settings.*.{new}")
        for old, new in KEYS.items()
    ),
)
