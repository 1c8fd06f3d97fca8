"""No refactoring may fail in a test without the test saying so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def nothing_fails(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What fails is logged and left out: here it fails the test, unless that asks for the log itself."""
    yield
    test = request.function
    if "caplog" not in test.__code__.co_varnames:
        assert "refactoring failed" not in caplog.text
