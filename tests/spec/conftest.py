"""Each drawn case, audited once for all tests that look at it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import pytest

from tests.spec.audit_bytes import AS_OF, NO_DECISIONS, lake_of, read_all
from tests.spec.drawn import Case, every_case, remittances
from tests.spec.practice_fixture import settings_for
from transforms.marts import Lake, build_marts


@dataclass(frozen=True)
class Audited:
    """A case, what was read of it, and what came of it."""

    case: Case
    lake: Lake
    marts: dict[str, pl.DataFrame]


@pytest.fixture(scope="session", params=every_case(), ids=lambda case: case.name)
def audited(request: pytest.FixtureRequest) -> Audited:
    """Tests that take it are ordered by case, so that a case is audited once."""
    case: Case = request.param
    lake = lake_of(read_all(*remittances(case)))
    return Audited(case, lake, build_marts(lake, settings_for(case.known), AS_OF, NO_DECISIONS))
