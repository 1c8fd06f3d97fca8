"""Where Nix keeps what it has fetched."""

from __future__ import annotations

import pytest

from option_index.store_path import base32, digest_of, source_in_store


def test_base_32_is_that_of_nix():
    # The empty NAR hash of Nix's own manual: `nix-hash --type sha1 --to-base32 e4fd8ba5f7bbeaea5ace89fe10255536cd60dab6`.
    assert base32(bytes.fromhex("e4fd8ba5f7bbeaea5ace89fe10255536cd60dab6")) == "nvd61k9nalji1zl9rrdfmsmvyyjqpzg4"


@pytest.mark.parametrize("nar_hash", ["", "sha256-", "sha256-AAAA", "sha512-AAAA", "md5:x", "sha256-not base 64"])
def test_a_hash_of_another_kind_names_no_place(nar_hash: str):
    assert source_in_store(nar_hash) is None


@pytest.mark.parametrize(
    "written",
    [
        "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73",
    ],
)
def test_a_hash_is_the_same_however_it_is_written(written: str):
    # The SHA-256 of nothing, as `nix-hash --type sha256` converts it.
    assert digest_of(written) == bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
