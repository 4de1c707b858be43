"""Mends Kombu's Redis transport, so that a worker is not deaf after its broker was away."""

from __future__ import annotations

from kombu.transport import redis


class ReleasingQoS(redis.QoS):
    """Frees the place of a message that is done with, even when Redis cannot be told.

    Kombu would keep the place. When Redis goes while every process has a task, no place is ever
    free again: the worker does not listen any more, and so never notices that it must reconnect.
    Redis has the message still, if it was not lost with it: it then comes again, which is harmless.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]
        finally:
            self._quick_ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue)  # type: ignore[no-untyped-call]
        finally:
            self._quick_ack(delivery_tag)


def mend() -> None:
    """Make every channel to Redis of this process use the above."""
    redis.Channel.QoS = ReleasingQoS
