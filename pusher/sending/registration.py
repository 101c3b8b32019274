"""Which vendors have the wordings of a batch: what cannot leave, what leaves by one way only."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from profiles.model import Channel
from pusher.model.batch import Batch
from pusher.model.notice import Notice, NoticeState
from pusher.sending.prices import BadPrice, price_of
from pusher.sending.wording import CALLED, GATEWAYS, BadWording, code_of, vendor_code, wordings

Tables = Mapping[str, Mapping[str, Any]]


def unregistered(session: Session, batch: Batch, tables: Tables) -> list[str]:
    """What keeps drafted notices of *batch* from leaving at all, in Chinese; empty if nothing.

    Args:
        tables: ``[gateways.NAME]`` of the settings.
    """
    known, problems = wordings(), set()
    for key in _drafted(session, batch):
        try:
            if key not in known:
                raise BadWording(f"没有“{key}”这个模板，请重新起草")
            vendor_code(known[key], tables)
        except BadWording as error:
            problems.add(str(error))
    return sorted(problems)


def ways_told(session: Session, batch: Batch, tables: Tables) -> list[str]:
    """What staff should know of the ways that *batch* may take, in Chinese.

    Args:
        tables: ``[gateways.NAME]`` of the settings, in their order.
    """
    drafted = _drafted(session, batch)
    told = unregistered(session, batch, tables)
    for channel, names in GATEWAYS.items():
        serving = [name for name in tables if name in names]
        used = [key for key in drafted if key in wordings() and wordings()[key].channel is channel]
        if len(serving) > 1 and used:
            told += _one_way_only(used, drafted, serving, tables)
            told += _dearest(channel, serving, tables)
    return told


def _one_way_only(
    used: Sequence[str], drafted: Mapping[str, int], serving: Sequence[str], tables: Tables
) -> Iterator[str]:
    for name in serving:
        missing = [key for key in used if code_of(wordings()[key].template, tables[name]) is None]
        if missing:
            notices = sum(drafted[key] for key in missing)
            yield (
                f"{CALLED[name]}没有报备 {'、'.join(missing)}："
                f"用到的 {notices} 条只走其他通道，其他通道停用时要等"
            )


def _dearest(channel: Channel, serving: Sequence[str], tables: Tables) -> Iterator[str]:
    try:
        costs = {name: price_of(name, tables[name], channel) for name in serving}
    except BadPrice:
        return  # told where prices are read
    if len(set(costs.values())) > 1:
        dearest = max(costs, key=lambda name: costs[name])
        yield f"费用按最贵的通道计（{CALLED[dearest]}每条{costs[dearest]}元），实际只会更少"


def _drafted(session: Session, batch: Batch) -> dict[str, int]:
    """Wording → notices that are still to leave."""
    drafted = (Notice.batch_id == batch.id, Notice.state == NoticeState.DRAFTED)
    asked = select(col(Notice.wording), func.count()).where(*drafted).group_by(col(Notice.wording))
    return {key or "": count for key, count in session.exec(asked.order_by(col(Notice.wording)))}
