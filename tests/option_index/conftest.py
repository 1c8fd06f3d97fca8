"""Real data for the index's tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published data beside the repository; a test that needs it is skipped where it is absent."""
    folder = Path(__file__).parent.parent.parent.parent / "shared"
    if not (folder / "channels").is_dir():
        pytest.skip("no published data: ../shared is absent")
    return folder
