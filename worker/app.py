"""The Celery application, with the settings under which killed workers lose nothing."""

from __future__ import annotations

from typing import Any

import structlog
from celery import Celery, Task
from celery.signals import setup_logging, worker_process_init
from flask import Flask
from kombu.entity import Queue

from campaign import create_app
from campaign.extensions import db
from campaign.jobs import QUEUES
from campaign.logs import places
from worker import broker
from worker.schedule import SCHEDULE

log = structlog.get_logger()

MODULES = (
    "worker.mail",
    "worker.counting",
    "worker.moderation",
    "worker.delivery",
    "worker.retention",
    "worker.upkeep",
)


def make_celery(app: Flask) -> Celery:
    """A Celery application whose tasks run inside `app`."""

    class InsideApp(Task):  # type: ignore[misc]
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                try:
                    return self.run(*args, **kwargs)
                except Exception as error:  # Celery would log its words, which may hold addresses.
                    log.error("task failed", task=self.name, **places(error))
                    return None

    celery = Celery("groundswell", task_cls=InsideApp, include=MODULES)
    celery.conf.update(
        broker_url=app.extensions["groundswell"].redis_url,
        # A task is acknowledged after it ran, so that a killed worker's wake-up comes again.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_serializer="json",
        accept_content=["json"],
        # A kill, which every act survives; a soft limit would raise an exception in the midst of
        # one, which takes it for its own: a mail that was being sent would count as refused.
        task_time_limit=300,
        task_publish_retry=False,
        task_create_missing_queues=False,
        task_queues=_queues(),
        task_default_queue="prompt",
        task_routes={name: {"queue": queue} for name, queue in QUEUES.items()},
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "visibility_timeout": 600,
            # The default sweep for unacknowledged messages comes about every 100 s.
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            "socket_timeout": 5,
            "socket_connect_timeout": 2,
            "health_check_interval": 5,
        },
        beat_schedule=SCHEDULE,
        timezone="UTC",
    )
    return celery


def _queues() -> list[Queue]:
    # Without a routing key of its own, every queue would get every message.
    names = sorted(set(QUEUES.values()))
    return [Queue(name, routing_key=name) for name in names]  # type: ignore[no-untyped-call]


@setup_logging.connect  # type: ignore[untyped-decorator]
def _keep_our_logging(**_: object) -> None:
    """Celery leaves logging alone when this signal has a receiver; `campaign.logs` set it up."""


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _forget_parents_connections(**_: object) -> None:
    with flask_app.app_context():
        db.engine.dispose(close=False)


broker.mend()
flask_app = create_app()
celery_app = make_celery(flask_app)
celery_app.set_default()
