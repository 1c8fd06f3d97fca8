"""The settings as people read them: `docs/settings.md`, and the settings page of VS Code. Both come from the one table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nix_lsp.lsp.settings import SECTION, SETTINGS

if TYPE_CHECKING:
    from nix_lsp.lsp.wire import Json

_INTRODUCTION = f"""\
# Settings

None is needed. Each can be written nested (`{{"index": {{"fetch": true}}}}`) or flat (`{{"index.fetch": true}}`), inside a section
`{SECTION}` or without one, and is taken by whichever way an editor sends it: `initializationOptions`,
`workspace/configuration`, or `workspace/didChangeConfiguration`. A value that is not valid is told once; the others hold.
"""


def page() -> str:
    """Return `docs/settings.md`."""
    rows = "".join(
        f"| [`{each.name}`](#{each.name.replace('.', '').lower()}) | `{json.dumps(each.default)}` |\n"
        for each in SETTINGS
    )
    parts = [_INTRODUCTION, f"| setting | default |\n|---|---|\n{rows}"]
    parts += [
        f"## {each.name}\n\n{each.summary}\n\nA value is {each.expects}. Default: `{json.dumps(each.default)}`.\n"
        for each in SETTINGS
    ]
    return "\n".join(parts)


def vscode_properties() -> Json:
    """Return what belongs under `contributes.configuration.properties` of the VS Code extension for our settings."""
    return {
        f"{SECTION}.{each.name}": {
            **each.schema,
            "default": each.default,
            # A consent is the machine's owner's to give, not a project's.
            "scope": "machine-overridable" if each.is_consent else "window",
            "markdownDescription": each.summary,
        }
        for each in SETTINGS
    }
