"""Blocks of work: alike in one process and several, in order, with progress, usable after an interrupt."""

import signal
from dataclasses import dataclass

import numpy as np
import pytest

from watchgap.base.errors import OutOfRange
from watchgap.flow.blocks import run_blocks

BLOCKS = [np.full((4, 2), float(number)) for number in range(8)]


@dataclass(frozen=True)
class Sum:
    def __call__(self, points: np.ndarray) -> float:
        return float(points.sum())


@dataclass(frozen=True)
class InterruptsAt:
    """Sends its own process the interrupt of Ctrl-C when it comes to one block."""

    block: float

    def __call__(self, points: np.ndarray) -> float:
        if points[0, 0] == self.block:
            raise KeyboardInterrupt
        return float(points.sum())


@dataclass(frozen=True)
class Fails:
    def __call__(self, points: np.ndarray) -> float:
        if points[0, 0] == 3.0:
            raise OutOfRange("the third block is out of range")
        return 0.0


WANTED = [8.0 * number for number in range(8)]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_the_order_of_the_blocks(workers: int) -> None:
    told: list[tuple[int, int]] = []
    done = run_blocks(Sum(), BLOCKS, workers=workers, progress=lambda *one: told.append(one))
    assert done == WANTED
    assert told == [(4 * number, 32) for number in range(1, 9)]


def test_an_interrupt_leaves_what_was_done_before_it() -> None:
    assert run_blocks(InterruptsAt(5.0), BLOCKS, workers=1) == WANTED[:5]


def test_an_interrupt_before_anything_was_done_is_passed_on() -> None:
    with pytest.raises(KeyboardInterrupt):
        run_blocks(InterruptsAt(0.0), BLOCKS, workers=1)


def test_an_interrupt_with_workers_keeps_the_first_blocks_without_a_hole() -> None:
    def interrupt(done: int, _: int) -> None:
        if done >= 12:
            signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        done = run_blocks(Sum(), BLOCKS, workers=2, progress=interrupt)
    finally:
        signal.signal(signal.SIGINT, before)
    assert 1 <= len(done) < len(BLOCKS)
    assert done == WANTED[: len(done)]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_fault_in_a_block_is_the_fault_of_the_whole(workers: int) -> None:
    with pytest.raises(OutOfRange, match="the third block"):
        run_blocks(Fails(), BLOCKS, workers=workers)


@pytest.mark.parametrize("workers", [0, -1, 65])
def test_a_number_of_workers_out_of_range(workers: int) -> None:
    with pytest.raises(OutOfRange, match=rf"the number of workers is {workers}; use 1 to 64"):
        run_blocks(Sum(), BLOCKS, workers=workers)
