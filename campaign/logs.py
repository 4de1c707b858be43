"""Structured logs: JSON in production, readable lines in development, never a personal datum."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from campaign.settings import Settings


def configure(settings: Settings) -> None:
    """Send our own events and every library's log records through one renderer, to stderr."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_values,
    ]
    render: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if settings.production
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("alembic", "celery", "kombu"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # SQLAlchemy repeats a failed statement's values, which are personal, in its messages.
    logging.getLogger("sqlalchemy").setLevel(logging.ERROR)


def places(error: BaseException) -> dict[str, str]:
    """The kind of an error and where it came from, for a log.

    Neither its words nor the values around it, which may quote what people typed.
    """
    trace = error.__traceback__
    passed = []
    while trace is not None:
        code = trace.tb_frame.f_code
        passed.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return {"kind": type(error).__name__, "trace": " > ".join(passed[-8:])}


def _without_values(_: Any, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    # A rendered traceback shows the local variables, and with them addresses.
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()
    if isinstance(raised, tuple):
        raised = raised[1]
    if isinstance(raised, BaseException):
        event.update(places(raised))
    return event
