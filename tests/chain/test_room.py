"""The room as a whole: its example runs, its list of names is true, and alone it loads no cryptography."""

import doctest
import subprocess
import sys

import watchgap.chain


def test_the_example_of_the_room_runs():
    outcome = doctest.testmod(watchgap.chain)
    assert outcome.attempted > 0
    assert outcome.failed == 0


def test_every_listed_name_exists_once_and_in_order():
    names = watchgap.chain.__all__
    assert names == sorted(set(names), key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert all(hasattr(watchgap.chain, name) for name in names)


def test_cryptography_is_loaded_by_who_signs():
    code = "import sys, watchgap.chain; print('cryptography' in sys.modules, 'numpy' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded == "False False\n"
