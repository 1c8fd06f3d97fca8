"""Signatures, as the protocol has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nix_lsp.ide.signature import Parameter, Signature
    from nix_lsp.lsp.client import Client
    from nix_lsp.lsp.wire import Json


def signature_help(found: Signature, client: Client) -> Json:
    """Return a SignatureHelp with one signature."""
    signature: Json = {
        "label": found.label,
        "parameters": [_parameter(each, found.label, client) for each in found.parameters],
    }
    if found.documentation:
        markup = client.signature_markup
        signature["documentation"] = {"kind": markup, "value": found.documentation}
    # A number behind the last stands for none of them (LSP 3.17 knows no null here).
    active = found.active if found.active is not None else len(found.parameters)
    if client.takes_active_parameter:
        signature["activeParameter"] = active
    return {"signatures": [signature], "activeSignature": 0, "activeParameter": active}


def _parameter(parameter: Parameter, label: str, client: Client) -> Json:
    word: Any = label[parameter.start : parameter.end]
    if client.takes_label_offsets:
        word = [_utf16(label[: parameter.start]), _utf16(label[: parameter.end])]
    return {"label": word}


def _utf16(text: str) -> int:
    """Return the length in UTF-16 code units, which label offsets count in whatever the encoding of positions is."""
    return len(text.encode("utf-16-le")) // 2
