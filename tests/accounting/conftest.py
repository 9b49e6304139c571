"""The constructed reports that these tests share."""

from pathlib import Path

import pytest

from watchgap.accounting import Accounts, Layout, Mapped, read_layout, read_mapping, read_reports

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "accounting"


@pytest.fixture(scope="session")
def examples() -> Path:
    return EXAMPLES


@pytest.fixture(scope="session")
def mapping() -> Mapped:
    return read_mapping(EXAMPLES / "mapping.yaml")


@pytest.fixture(scope="session")
def labels() -> Layout:
    return read_layout(EXAMPLES / "code10" / "labels.csv", "code10-labelled")


@pytest.fixture(scope="session")
def columns() -> Layout:
    return read_layout(EXAMPLES / "code10" / "columns.csv", "code10-fixed")


@pytest.fixture(scope="session")
def accounts() -> Accounts:
    """The constructed year of one area, in the form of the UK schedule."""
    return read_reports(sorted((EXAMPLES / "uk").glob("*.csv")), dialect="uk")
