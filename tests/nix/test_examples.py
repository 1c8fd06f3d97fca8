"""What we show to users is Nix, by Nix' own parser."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import NixInstantiate

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").rglob("*.nix"))


@pytest.mark.parametrize("path", EXAMPLES, ids=[str(path.relative_to(ROOT)) for path in EXAMPLES])
def test_an_example_parses(nix_instantiate: NixInstantiate, path: Path) -> None:
    parsed = nix_instantiate(["--parse", str(path)])

    assert parsed.returncode == 0, parsed.stderr


def test_what_is_not_nix_is_refused(nix_instantiate: NixInstantiate) -> None:
    assert nix_instantiate(["--parse", "-"], stdin="{ a = ; }").returncode == 1


def test_evaluation_needs_no_daemon(nix_instantiate: NixInstantiate) -> None:
    drv = 'derivation { name = "a"; system = "x"; builder = "b"; }'

    evaluated = nix_instantiate(["--eval", "--strict", "--json", "--expr", f"({drv}).outPath"])

    assert evaluated.returncode == 0, evaluated.stderr
    assert evaluated.stdout.startswith('"/nix/store/')
