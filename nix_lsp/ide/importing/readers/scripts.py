"""Shell that was run by hand: set-up scripts, the `RUN` lines of a Dockerfile, the code of a README."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, cast

from nix_lsp.ide.importing.foreign import Left, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nix_lsp.ide.importing.foreign import Foreign, Piece

_SHEBANG = re.compile(r"#!.*\n?")
_INSTRUCTION = re.compile(r"[ \t]*([A-Za-z]+)[ \t]+(.*)", re.DOTALL)
_CONTINUED = re.compile(r"\\[ \t]*\n(?:[ \t]*#.*\n)*")
_FLAGS = re.compile(r"(?:--[\w-]+(?:=\S+)?[ \t]+)+")
_FENCE = re.compile(r"^[ ]{0,3}```[ \t]*(\w*)[^\n]*\n(.*?)^[ ]{0,3}```", re.MULTILINE | re.DOTALL)
_SHELLS = frozenset({"sh", "bash", "zsh", "shell", "console"})
_PROMPT = re.compile(r"^[$#][ ]", re.MULTILINE)


def script(file: Foreign, _set: str) -> Iterator[Piece]:
    """Read a shell script."""
    yield Script(_SHEBANG.sub("", file.text, count=1) if file.text.startswith("#!") else file.text)


def dockerfile(file: Foreign, _set: str) -> Iterator[Piece]:
    """Read what a Dockerfile runs; its other instructions are about an image."""
    run: list[str] = []
    for line in _CONTINUED.sub(" ", file.text.replace("\r\n", "\n")).splitlines():
        found = _INSTRUCTION.fullmatch(line)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if found and found[1].upper() == "RUN":
            run.append(_command(_FLAGS.sub("", found[2], count=1)))
        else:
            yield Left(line.strip(), "about an image, not about a machine")
    if run:
        yield Script("\n".join(run) + "\n")


def _command(text: str) -> str:
    """Return the command of a `RUN` in shell, which may be written as a JSON array."""
    try:
        words: object = json.loads(text)
    except ValueError:
        return text
    return shlex.join(map(str, cast("list[object]", words))) if isinstance(words, list) else text


def markdown(file: Foreign, _set: str) -> Iterator[Piece]:
    """Read the shell in the fenced code of a text; of a session with prompts, the lines behind them."""
    blocks: list[str] = []
    for language, code in _FENCE.findall(file.text.replace("\r\n", "\n")):
        if language.lower() in _SHELLS:
            lines = code.splitlines()
            typed = [line[2:] for line in lines if _PROMPT.match(line)]
            blocks.append("\n".join(typed or lines))
    if blocks:
        yield Script("\n".join(blocks) + "\n")
