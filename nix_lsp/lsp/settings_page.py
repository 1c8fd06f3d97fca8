"""The settings as people and editors read them: `docs/settings.md`, the JSON schema of `.nix-lsp.toml`, and the settings page of VS Code.

All come from the one table.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nix_lsp.analysis.project_settings import FILE
from nix_lsp.analysis.settings import SETTINGS
from nix_lsp.lsp.settings import SECTION

if TYPE_CHECKING:
    from nix_lsp.lsp.wire import Json

SCHEMA_URL = "https://raw.githubusercontent.com/nix-lsp/nix-lsp/main/docs/nix-lsp.schema.json"
_CONSENTS = ", ".join(f"`{each.name}`" for each in SETTINGS if each.is_consent)
_PROGRAMS = ", ".join(f"`{each.name}`" for each in SETTINGS if each.is_program)
_INTRODUCTION = f"""\
# Settings

None is needed. Each can be written nested (`{{"index": {{"fetch": true}}}}`) or flat (`{{"index.fetch": true}}`), inside a section
`{SECTION}` or without one, and is taken by whichever way an editor sends it: `initializationOptions`,
`workspace/configuration`, or `workspace/didChangeConfiguration`. A value that is not valid is told once; the others hold.

## A project's own

What holds for everyone who works on a project stands in `{FILE}` at its root, beside `flake.nix`; editors and `nix-lsp check` read
it alike, and the server follows its changes. It has the same settings, but for those by which a person allows something
({_CONSENTS}) or names a program to run ({_PROGRAMS}): nothing in a folder can do that.

```toml
#:schema {SCHEMA_URL}
pin = "25.11"
exclude = ["generated/**"]

[diagnostics]
ignore = ["imp-*"]
severity = {{ option-renamed = "error" }}

[[overrides]]
paths = ["hosts/old/**"]
ignore = ["option-*"]
```

The file stands over an editor's settings, so that the editor shows what CI will say; lists add up, and what either ignores is ignored.
`--pin` on the command line stands over the file. In the editor a mistake in the file is shown where it stands, and the rest holds;
`nix-lsp check` refuses to run. A `{FILE}` further down is not read, and is said to be: a folder with other rules is an entry of `overrides`,
a folder with a flake.nix of its own is a project of its own. The [schema](nix-lsp.schema.json) is for editors that know TOML.

## What is asked, and what leaves the machine

Nothing leaves the machine, and no program is started but the formatter when you format, before you agree. {_CONSENTS} say `true` (yes), `false` (never), or nothing: then
the server asks once, not at start-up but when you look at an option or a package whose description it does not have and could bring.
Only editors that show such a question beside the text are asked by a message (VS Code and its kin, Zed); Neovim, Helix and Emacs would take your
keys for the answer, so there one hover a session ends with a line that says how to allow or refuse it, and `nix-lsp doctor` says the same.

An answer holds for all projects and editors of the machine. It is kept in `$XDG_STATE_HOME/nix-lsp/consent.json` (`~/.local/state`;
macOS: `~/Library/Application Support`). *Not now* holds for the session, and for all others of the next 24 hours. A setting goes before
the answer; `nix-lsp index consent --fetch yes|no|ask --evaluate yes|no|ask` changes it, and so does the command `nix-lsp.consent` of
the server (`["fetch", "yes"]`). Where the variable `CI` is set nobody is asked.

- **Fetching** asks channels.nixos.org (or the mirror that `NIX_LSP_CHANNEL_SERVER` names) for `git-revision`, `options.json.br` and
  `packages.json.br` of the channel that your pin follows, such as `nixos-25.11`: at most once a day and channel, some 5 MB. The server sees
  your address, the channel's name and `nix-lsp` as the program. No file, name or hash of your project is sent.
- **Evaluating** runs `nix-instantiate` over the pinned nixpkgs that is in your Nix store, restricted to it: nothing is fetched, built or sent.
- There is no telemetry, and no other connection.
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


def file_schema() -> Json:
    """Return the JSON schema of `.nix-lsp.toml`."""
    properties: Json = {}
    for each in SETTINGS:
        if each.is_personal:
            continue
        *groups, last = each.name.split(".")
        place = properties
        for group in groups:
            empty: Json = {"type": "object", "properties": {}, "additionalProperties": False}
            place = place.setdefault(group, empty)["properties"]
        types: str | list[str] = each.schema["type"]
        # TOML has no null.
        kind = next(name for name in types if name != "null") if isinstance(types, list) else types
        place[last] = {**each.schema, "type": kind, "description": each.summary}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": SCHEMA_URL,
        "title": FILE,
        "description": "Settings of nix-lsp for everyone who works on a project.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def vscode_properties() -> Json:
    """Return what belongs under `contributes.configuration.properties` of the VS Code extension for our settings."""
    return {
        f"{SECTION}.{each.name}": {
            **each.schema,
            "default": each.default,
            # What is allowed or run is for the machine's owner to say, not for a project.
            "scope": "machine-overridable" if each.is_personal else "window",
            "markdownDescription": each.summary,
        }
        for each in SETTINGS
    }
