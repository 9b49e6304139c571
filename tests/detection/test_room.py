"""The room as a whole: its example runs, its list of names is true, and it stays light."""

import doctest
import subprocess
import sys

import watchgap.detection


def test_the_example_of_the_room_runs():
    outcome = doctest.testmod(watchgap.detection)
    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_every_listed_name_exists_once_and_in_order():
    names = watchgap.detection.__all__
    assert names == sorted(set(names))
    assert all(hasattr(watchgap.detection, name) for name in names)


def test_the_room_leaves_the_slow_parts_of_scipy_alone():
    code = "import sys, watchgap.detection; print([m for m in sys.modules if m.startswith('scipy.')])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "scipy.special" in loaded
    assert not any(f"'scipy.{slow}'" in loaded for slow in ("stats", "integrate", "optimize"))
