"""Where Nix keeps a source: the path that follows from its hash. Nothing is looked at on disk."""

from __future__ import annotations

STORE = "/nix/store"
_BASE32 = "0123456789abcdfghijklmnpqrsvwxyz"
_LENGTH = 32
"""Bytes of a SHA-256."""
_BASE32_LENGTH = 52


def source_in_store(nar_hash: str, store: str = STORE, name: str = "source") -> str | None:
    """Return the path of a flake input's source in a Nix store, by its hash; None for a hash of another kind.

    Flake inputs are added under the name `source`, addressed by the SHA-256 of their NAR (Nix manual, "Store Path Specification":
    `source:sha256:<hash>:<store>:source`). Whether it is there, is for the caller to see.
    """
    import hashlib

    digest = digest_of(nar_hash)
    if digest is None:
        return None
    whole = hashlib.sha256(f"source:sha256:{digest.hex()}:{store}:{name}".encode()).digest()
    folded = bytearray(20)
    for index, byte in enumerate(whole):
        folded[index % 20] ^= byte
    return f"{store}/{base32(bytes(folded))}-{name}"


def digest_of(text: str) -> bytes | None:
    """Return the SHA-256 that a hash stands for: as `sha256-<base64>`, `sha256:<…>`, or bare in Nix's base 32 or in hex."""
    import base64

    bare = text.removeprefix("sha256-").removeprefix("sha256:")
    try:
        if len(bare) == _BASE32_LENGTH:
            number = sum(_BASE32.index(char) << 5 * place for place, char in enumerate(reversed(bare)))
            return number.to_bytes(_LENGTH, "little")
        digest = bytes.fromhex(bare) if len(bare) == 2 * _LENGTH else base64.b64decode(bare, validate=True)
    except (ValueError, OverflowError):
        return None
    return digest if len(digest) == _LENGTH else None


def base32(data: bytes) -> str:
    """Return bytes in Nix's base 32: its own alphabet, the lowest bits last."""
    number = int.from_bytes(data, "little")
    length = (len(data) * 8 + 4) // 5
    return "".join(_BASE32[number >> 5 * position & 31] for position in reversed(range(length)))
