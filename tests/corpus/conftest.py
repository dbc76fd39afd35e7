from pathlib import Path

import pytest

from kb.settings import Settings
from search.opening import open_encoder
from search.ports import Encoder


@pytest.fixture
def encoder(encoders: Path) -> Encoder:
    """The real one: near-duplicates are told by meaning."""
    return open_encoder(Settings().model, encoders)
