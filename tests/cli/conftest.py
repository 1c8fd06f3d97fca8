"""What the commands take from the day on which they run."""

from __future__ import annotations

from datetime import date

import pytest


@pytest.fixture(autouse=True)
def _a_day_on_which_the_examples_are_supported(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.setattr("nix_lsp.cli.session.today", lambda: date(2026, 3, 1))
