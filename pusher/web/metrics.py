"""Figures → Prometheus's text format; a gauge is what it is now, so a restart loses nothing."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from pusher.keeping.figures import Figures
from pusher.keeping.health import Health
from pusher.model.clockwork import HoldCause

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST


def exposition(figures: Figures, health: Health, ways: Mapping[str, str], *, dropped: int) -> bytes:
    """All figures as one answer to a scrape.

    Args:
        ways: gateway → ``open``, ``paused``, ``resting``.
        dropped: lines that this process could not log.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once(list(_metrics(figures, health, ways, dropped))))
    return generate_latest(registry)


class _Once(Collector):
    """Hands over what was already counted."""

    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        yield from self._found


def _metrics(
    figures: Figures, health: Health, ways: Mapping[str, str], dropped: int
) -> Iterator[Metric]:
    yield _by("pusher_notices", "Notices by what was done with them.", "state", figures.states)
    yield _by("pusher_outcomes", "Accepted notices by outcome.", "outcome", figures.outcomes)
    yield _by("pusher_withheld", "Notices withheld, by reason.", "reason", figures.reasons)
    yield _one("pusher_left_to_staff", "Unsure notices left to staff.", figures.left_to_staff)
    yield _one("pusher_queue", "Notices that may leave now.", figures.waiting)
    oldest = figures.oldest.total_seconds() if figures.oldest else 0
    yield _one("pusher_queue_age_seconds", "How long the oldest of them has waited.", oldest)
    yield _one("pusher_inbox_unfolded", "Vendors' words not yet looked into.", figures.unfolded)
    if health.beat_ago is not None:
        says = "Since the last sign of life of a clockwork."
        yield _one("pusher_heartbeat_age_seconds", says, health.beat_ago.total_seconds())
    holds = {cause: int(cause in health.holds) for cause in HoldCause}
    yield _by("pusher_hold", "1 while all sending is held for this cause.", "cause", holds)
    opened = {name: int(way == "usable") for name, way in ways.items()}
    yield _by("pusher_gateway_open", "0 while paused or resting.", "gateway", opened)
    failed = figures.failed_jobs
    yield _by("pusher_jobs_failed", "Runs that failed in the last day.", "job", failed)
    yield CounterMetricFamily("pusher_log_dropped", "Lines that could not be logged.", dropped)


def _by(name: str, says: str, label: str, counted: Mapping[Any, int]) -> Metric:
    metric = GaugeMetricFamily(name, says, labels=[label])
    for value, number in counted.items():
        metric.add_metric([str(value)], number)
    return metric


def _one(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value)
