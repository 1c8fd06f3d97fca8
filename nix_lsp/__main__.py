"""`nix-lsp`: argv → the server, or another command. Nothing but `sys` is imported before the command is known: start-up counts."""

from __future__ import annotations

import sys

COMMANDS = {
    "check": ("nix_lsp.cli.check", "Report what is wrong in files and folders, and fix what is mechanical"),
    "drift": ("nix_lsp.cli.drift", "Say what an upgrade to another release changes, and what can be fixed before it"),
    "options": ("nix_lsp.cli.options", "Look options up, and list what changes between two releases"),
    "import": ("nix_lsp.cli.importing", "Say with options what a set-up script, a Brewfile, an fstab … says"),
    "index": ("nix_lsp.cli.index", "Look into, fetch and build option indexes"),
    "doctor": ("nix_lsp.cli.doctor", "Say what is known of a project: its pins, module sets, indexes"),
}
"""Commands beside `serve`: the module whose `run(argv)` does it, and a line of help."""

_BROKEN_PIPE, _INTERRUPTED = 141, 130
"""What a shell reports of a program that SIGPIPE or SIGINT ended."""


def main(argv: list[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    command, *rest = (sys.argv[1:] if argv is None else argv) or ["serve"]
    if command in {"serve", "--stdio"}:
        from nix_lsp.lsp.main import run

        return run()
    if command in {"--version", "-V", "version"}:
        import nix_lsp

        sys.stdout.write(f"nix-lsp {nix_lsp.__version__}\n")
        return 0
    if command in {"--help", "-h", "help"}:
        sys.stdout.write(_help())
        return 0
    if command not in COMMANDS:
        sys.stderr.write(f"nix-lsp: no such command: {command}\n\n{_help()}")
        return 2
    try:
        from importlib import import_module

        code = int(import_module(COMMANDS[command][0]).run(rest))
        sys.stdout.flush()
    except KeyboardInterrupt:
        sys.stderr.write(f"\nnix-lsp {command}: stopped\n")
        return _INTERRUPTED
    except BrokenPipeError:  # `nix-lsp check | head`
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    return code


def _help() -> str:
    lines = [
        "usage: nix-lsp [COMMAND] [ARGUMENTS]",
        "",
        f"  {'serve':9} Serve an editor on standard input and output (the default; --stdio is accepted)",
        *(f"  {name:9} {summary}" for name, (_, summary) in COMMANDS.items()),
        f"  {'--version':9} Print the version",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
