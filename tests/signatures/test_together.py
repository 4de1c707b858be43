"""Work of many threads done at once: nobody is lost, doubled, or failed for another's sake."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from campaign.signatures.together import Together


class Desk:
    """Writes down what it is given, a group at a time; the first group waits for a sign."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def act(self, items: Sequence[str]) -> None:
        self.begun.set()
        assert self.go_on.wait(10)
        if "bad" in items:
            raise ValueError("a bad item")
        self.groups.append(list(items))


def crowd(desk: Desk, items: Sequence[str], most: int = 64) -> list[BaseException | None]:
    """Hand in the first item, and the others while it is being served. What each call raised."""
    together = Together(desk.act, key=lambda item: item, of_one=(ValueError,), most=most)
    with ThreadPoolExecutor(len(items)) as pool:
        calls = [pool.submit(together, items[0])]
        assert desk.begun.wait(10)
        calls += [pool.submit(together, item) for item in items[1:]]
        while len(together._waiting) < len(items) - 1:
            threading.Event().wait(0.005)
        desk.go_on.set()
        return [call.exception(10) for call in calls]


def test_whoever_comes_meanwhile_is_one_group() -> None:
    desk = Desk()
    assert crowd(desk, ["a", "b", "c", "d"]) == [None] * 4
    assert desk.groups[0] == ["a"]
    assert [sorted(group) for group in desk.groups[1:]] == [["b", "c", "d"]]


def test_a_group_has_a_largest_size() -> None:
    desk = Desk()
    assert crowd(desk, list("abcdefg"), most=3) == [None] * 7
    assert sorted(len(group) for group in desk.groups) == [1, 3, 3]


def test_two_with_one_key_never_share_a_group() -> None:
    desk = Desk()
    assert crowd(desk, ["a", "b", "b", "b", "c"]) == [None] * 5
    assert all(len(set(group)) == len(group) for group in desk.groups)
    assert sorted(item for group in desk.groups for item in group) == ["a", "b", "b", "b", "c"]


def test_one_that_fails_fails_alone() -> None:
    desk = Desk()
    found = crowd(desk, ["a", "b", "bad", "c"])
    assert [type(error) for error in found] == [type(None), type(None), ValueError, type(None)]
    assert sorted(item for group in desk.groups for item in group) == ["a", "b", "c"]


def test_what_no_single_item_can_cause_is_told_to_all_at_once() -> None:
    tries = []

    def act(items: Sequence[str]) -> None:
        desk.begun.set()
        assert desk.go_on.wait(10)
        tries.append(len(items))
        raise OSError("the server is gone")

    desk = Desk()
    desk.act = act  # type: ignore[method-assign]
    found = crowd(desk, ["a", "b", "c", "d"])
    assert [type(error) for error in found] == [OSError] * 4
    assert tries == [1, 3]


def test_a_thread_that_is_told_to_end_while_it_waits_leaves_the_others_served() -> None:
    desk = Desk()
    together = Together(desk.act, key=lambda item: item, of_one=(ValueError,))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(together, "a")
        assert desk.begun.wait(10)

        class Ended(BaseException):
            pass

        def interrupted() -> None:
            together._waiting[-1].wake.wait = _raise(Ended)  # type: ignore[method-assign]

        original = together._wait

        def wait(own: object) -> None:
            interrupted()
            original(own)  # type: ignore[arg-type]

        together._wait = wait  # type: ignore[assignment,method-assign]
        with pytest.raises(Ended):
            together("b")
        del together._wait  # type: ignore[method-assign]
        assert together._waiting == []
        desk.go_on.set()
        first.result(10)
    together("c")
    assert desk.groups == [["a"], ["c"]]


def _raise(kind: type[BaseException]) -> Callable[..., bool]:
    def wait(*_: object) -> bool:
        raise kind

    return wait


def test_after_a_failure_the_next_is_served() -> None:
    desk = Desk()
    desk.go_on.set()
    together = Together(desk.act, key=lambda item: item, of_one=(ValueError,))
    with pytest.raises(ValueError, match="a bad item"):
        together("bad")
    together("good")
    assert desk.groups == [["good"]]


def test_a_thousand_calls_of_many_threads_are_each_done_once() -> None:
    done: list[str] = []
    together = Together(done.extend, key=lambda item: item, of_one=(ValueError,))
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(together, [str(number) for number in range(1000)]))
    assert sorted(done, key=int) == [str(number) for number in range(1000)]
