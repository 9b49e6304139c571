"""The room as a whole: its example runs, its list of names is true, and it stays light."""

import doctest
import subprocess
import sys

import watchgap.inquiry


def test_the_example_of_the_room_runs():
    outcome = doctest.testmod(watchgap.inquiry)
    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_every_listed_name_exists_once_and_in_order():
    names = watchgap.inquiry.__all__
    assert names == sorted(set(names))
    assert all(hasattr(watchgap.inquiry, name) for name in names)


def test_the_room_loads_scipy_only_when_it_is_asked_for_shares():
    code = "import sys, watchgap.inquiry; print([m for m in sys.modules if m.startswith('scipy')])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "[]"
