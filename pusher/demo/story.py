"""The whole story: from real pages to receipted notices, with a console or without one."""

import json
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import UUID

from sqlmodel import Session, col, func, select

from profiles.model import Channel, OptOut, Profile
from pusher.clock import office_now
from pusher.demo.children import ChildDied, PortTaken, check_alive, check_free, children, wait_for
from pusher.demo.furnish import PEOPLE, District, confirm_as_written, furnish
from pusher.demo.hearing import hear
from pusher.listening.report import report
from pusher.listening.visits import tick
from pusher.matching.match import match
from pusher.model.batch import Batch, BatchKind, BatchState, Visit
from pusher.model.errors import Unwilling
from pusher.model.match import Decision, Match
from pusher.model.notice import UNTOLD, Notice, NoticeState, Outcome
from pusher.model.policy import Policy
from pusher.model.standing import Standing, standing
from pusher.model.word import Receipt
from pusher.sending import review
from pusher.sending.compose import plan, write_down
from pusher.sending.prices import prices
from pusher.settings import child_environment

__all__ = ["PortTaken", "run_demo", "run_once"]

CLERK, REVIEWER = PEOPLE[0][1], PEOPLE[1][1]
PATIENCE_S = 120.0
"""How long the story waits for the clockwork and the stand-in to finish one round."""
LEFT_TO_THE_VISITOR = ("p02", "p06")
"""Policies that the demo leaves as read, so that somebody who tries it has something to confirm."""


def run_demo(*, home: Path | None, port: int) -> None:
    """Start console, clockwork and stand-in on an invented district; Ctrl-C stops all three.

    Raises:
        PortTaken: *port* or the next one is in use.
    """
    check_free(port, port + 1)
    with _home(home) as folder:
        _tell("正在布置虚构的城区（约半分钟）……")
        district = furnish(folder, port=port)
        _prepare_for_a_visitor(district)
        district.store.close()
        with _running(district, port) as running:
            _greet(district, port)
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            try:
                while True:
                    time.sleep(0.5)
                    check_alive(running)
            except KeyboardInterrupt:
                _tell("\n已停止。")


def run_once(*, home: Path | None, port: int) -> dict[str, Any]:
    """Walk the whole story without a browser: real processes, real sockets, real receipts.

    Every open policy goes out in two rounds; between them one person answers 退订, and the
    second round leaves them out. One offline visit is ticked.

    Returns:
        The contract's summary of ``demo --once``.

    Raises:
        PortTaken: *port* or the next one is in use.
        ChildDied: the figures of office and stand-in differ, or something did not finish.
    """
    check_free(port, port + 1)
    with _home(home) as folder:
        _tell("布置城区……")
        district = furnish(folder, port=port, tick_s=0.3)
        with _running(district, port) as running:
            stems = sorted(district.policies)
            for number, half in enumerate((stems[::2], stems[1::2]), 1):
                _tell(f"第 {number} 轮：起草、提交、审批、发送……")
                batches = [b for stem in half if (b := _send_out(district, stem))]
                _wait_until(district, running, partial(_all_done, batches=batches))
                if number == 1:
                    _answer_stop(district, port)
                    _wait_until(district, running, _somebody_opted_out)
            _tick_one_visit(district)
            summary = _summary(district)
            _hold_against_the_stand_in(summary, port)
        district.store.close()
    return summary


def _prepare_for_a_visitor(district: District) -> None:
    """Confirm and match most policies; leave a batch to submit and one to approve."""
    for stem, policy_id in sorted(district.policies.items()):
        if stem in LEFT_TO_THE_VISITOR:
            continue
        with district.store.writing() as session:
            policy = session.get_one(Policy, UUID(policy_id))
            confirm_as_written(session, policy, stem, by=CLERK, now=district.now)
            match(session, policy, now=district.now, by=CLERK)
    for stem, submitted in (("p01", False), ("p09", True)):
        with district.store.writing() as session:
            batch = _drafted(district, session, stem)
            if submitted:
                review.submit(session, batch, by=CLERK, now=district.now)
    with district.store.writing() as session:
        hear(session, district.policies, district.settings, by=CLERK, now=district.now)


def _send_out(district: District, stem: str) -> UUID | None:
    """Confirm, match, draft, submit, approve: each by its own person, each its own commit."""
    now = office_now(district.settings.clock_ahead)
    with district.store.writing() as session:
        policy = session.get_one(Policy, UUID(district.policies[stem]))
        confirm_as_written(session, policy, stem, by=CLERK, now=now)
        match(session, policy, now=now, by=CLERK)
        if standing(policy, now.date()) is not Standing.OPEN:
            return None
    try:
        with district.store.writing() as session:
            batch = _drafted(district, session, stem)
            review.submit(session, batch, by=CLERK, now=now)
    except Unwilling as error:
        _tell(f"  {stem}：{error}")
        return None
    with district.store.writing() as session:
        batch = session.get_one(Batch, batch.id)
        review.approve(
            session, batch, by=REVIEWER, now=now, shown=batch.frozen_sha256 or "",
            gateways=district.settings.gateways,
        )  # fmt: skip
    return batch.id


def _drafted(district: District, session: Session, stem: str) -> Batch:
    from pusher.matching.match import latest_run

    policy = session.get_one(Policy, UUID(district.policies[stem]))
    run = latest_run(session, policy)
    if run is None:
        raise ChildDied(f"{stem} 没有名单")
    worked_out = plan(
        session, policy, run, kind=BatchKind.FIRST,
        include=[Decision.ELIGIBLE, Decision.SUBSCRIBED], channels=list(Channel),
        send_after=None, prices=prices(district.settings.gateways),
        public_url=district.settings.public_url, by=CLERK,
        now=office_now(district.settings.clock_ahead),
    )  # fmt: skip
    return write_down(session, worked_out)


def _all_done(session: Session, *, batches: list[UUID]) -> bool:
    """Every batch finished, and every accepted notice with its receipt, where there are any."""
    unfinished = session.exec(
        select(func.count())
        .select_from(Batch)
        .where(col(Batch.id).in_(batches), Batch.state != BatchState.FINISHED)
    ).one()
    waiting = session.exec(
        select(func.count())
        .select_from(Notice)
        .where(
            col(Notice.batch_id).in_(batches),
            (col(Notice.state).in_([NoticeState.HANDING, NoticeState.UNSURE]))
            | (
                (col(Notice.state) == NoticeState.ACCEPTED)
                & (col(Notice.outcome) == Outcome.NONE)
                & col(Notice.channel).not_in(UNTOLD)
            ),
        )
    ).one()
    return unfinished == 0 and waiting == 0


def _somebody_opted_out(session: Session) -> bool:
    found = session.exec(select(OptOut.id).where(OptOut.how == "sms")).first()
    return found is not None or bool(
        session.exec(select(OptOut.id).where(col(OptOut.address_index).is_not(None))).first()
    )


def _answer_stop(district: District, port: int) -> None:
    """Let the first SMS reader of round one answer 退订."""
    texts = _ask(port + 1, "/_sandbox/messages")
    sms = [text for text in texts if text["provider"] not in ("wechat", "wecom")]
    if sms:
        _ask(port + 1, "/_sandbox/replies", {"to": sms[0]["to"], "text": "退订"})


def _tick_one_visit(district: District) -> None:
    with district.store.writing() as session:
        visit = session.exec(select(Visit).limit(1)).first()
        if visit is not None:
            now = office_now(district.settings.clock_ahead)
            tick(session, visit, done=True, by=CLERK, now=now, remark="已送达明白纸")


def _summary(district: District) -> dict[str, Any]:
    with district.store.reading() as session:
        whole = report(session)
        decisions = Counter(session.exec(select(Match.decision)).all())
        return {
            "policies": _count(session, Policy),
            "profiles": _count(session, Profile),
            "matches": {d.value: decisions[d] for d in Decision},
            "notices": {s.value: n for s, n in whole.by_state.items() if n},
            "withheld": {r.value: n for r, n in whole.by_reason.items() if n},
            "outcomes": {o.value: n for o, n in whole.by_outcome.items() if n},
            "offline": whole.offline,
            "segments": whole.segments,
            "cost": str(whole.cost),
            "receipts": _count(session, Receipt),
            "untold": whole.untold,
            "opt_outs": _count(session, OptOut),
        }


def _count(session: Session, table: Any) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def _hold_against_the_stand_in(summary: dict[str, Any], port: int) -> None:
    """What we call accepted is what the vendors took, to the last one.

    Raises:
        ChildDied: it is not.
    """
    taken = len(_ask(port + 1, "/_sandbox/messages"))
    accepted = summary["notices"].get("accepted", 0)
    if accepted != taken:
        raise ChildDied(f"账不平：本系统记为已受理 {accepted}，模拟网关实收 {taken}")


def _wait_until(district: District, running: Any, is_so: Callable[[Session], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        check_alive(running)
        with district.store.reading() as session:
            if is_so(session):
                return
        time.sleep(0.2)
    raise ChildDied(f"{PATIENCE_S:.0f} 秒内没有办完")


@contextmanager
def _running(district: District, port: int) -> Iterator[Any]:
    """Console, stand-in and clockwork as processes of their own."""
    settings = district.settings
    commands = {
        "网页": ["-m", "pusher", "serve", "--port", str(port)],
        "模拟网关": [
            "-m", "pusher", "sandbox", "--port", str(port + 1),
            "--callbacks", f"http://127.0.0.1:{port}",
        ],
        "定时发送": ["-m", "jobs"],
    }  # fmt: skip
    with children(commands, child_environment(settings)) as running:
        wait_for(f"http://127.0.0.1:{port}/healthz", running)
        wait_for(f"http://127.0.0.1:{port + 1}/_sandbox/messages", running)
        yield running


def _greet(district: District, port: int) -> None:
    _tell(
        "\n".join(
            [
                "",
                f"工作台    http://127.0.0.1:{port}/",
                f"手机屏幕  http://127.0.0.1:{port + 1}/",
                f"群众的页  http://127.0.0.1:{port}/p/ask（问政策）  /p/join（登记接收）",
                "",
                "账号（本次演示随机生成的密码）：",
                *(f"  {login:<10}{word}" for login, word in district.passwords.items()),
                "",
                "从这里开始：用 clerk 登录，打开“政策”中的《情系桑榆》，看批次预览并提交；",
                "再用 reviewer 登录批准；然后看手机屏幕。“热点”里有一件等着再解读的事。",
                "按 Ctrl-C 全部停止。",
            ]
        )
    )


def _ask(port: int, path: str, body: dict[str, Any] | None = None) -> Any:
    request = Request(
        f"http://127.0.0.1:{port}{path}",
        data=json.dumps(body).encode() if body is not None else None,
        headers={"content-type": "application/json"},
    )
    with urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.loads(answer.read() or b"null")


@contextmanager
def _home(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield (
            given / f"demo-{secrets.token_hex(4)}"
            if given.joinpath("keys.json").exists()
            else given
        )
        return
    with tempfile.TemporaryDirectory(prefix="pusher-demo-") as folder:
        yield Path(folder)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201  (the demo talks to whoever started it)
