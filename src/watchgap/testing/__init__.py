"""The judge of the computing rooms: a brute-force simulator, property strategies and worked situations.

Nothing here is used by the library itself. It is public so that whoever changes a rule, or doubts a number,
can play the case through and compare.

    simulator    plays one scenario many times, picture by picture, and counts how often nothing is noticed
    worked       small situations whose answers are known in closed form
    strategies   random small situations for Hypothesis (needs the `test` extra, so it is not imported here)

    >>> from numpy.random import default_rng
    >>> from watchgap.testing import simulate_nondetection, worked
    >>> situation = worked.one_camera()
    >>> simulate_nondetection(
    ...     situation, situation.scenarios[0], 10.0, 61.0, trials=2000, generator=default_rng(1)
    ... ).trials
    2000

The simulator knows the records and nothing else of the library: it shares no rule with what it judges.
"""

from watchgap.testing.simulator import Estimate, HopelessDraw, simulate_nondetection

__all__ = ["Estimate", "HopelessDraw", "simulate_nondetection"]
