"""The rounds of the clockwork: what each of its jobs does, once. Safe to be repeated at any time.

A round opens its sessions, reads the running clock and commits; the verbs it calls do neither.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from pusher.settings import Settings

if TYPE_CHECKING:
    from pusher.clockwork import Watch
    from pusher.gateways.base import Gateway
    from pusher.listening.remind import DueReminder
    from pusher.model.match import MatchRun
    from pusher.sending.compose import Plan
    from pusher.store import Store

_AT_ONCE: Final = 100
_log = logging.getLogger("jobs")


@dataclass(frozen=True, slots=True)
class Desk:
    """What a job is given.

    Attributes:
        owner: which clockwork it is.
        moment: the office clock, running.
        watch: holds the wall clock against the boot clock; None: nobody does.
        stop: whether the clockwork is asked to end.
        beat: gives a sign of life in a long job.
    """

    store: Store
    gateways: Mapping[str, Gateway]
    settings: Settings
    owner: str
    moment: Callable[[], datetime]
    watch: Watch | None = None
    stop: Callable[[], bool] = lambda: False
    beat: Callable[[], object] = lambda: None


def fold_receipts(desk: Desk) -> Mapping[str, int]:
    """Fold what the vendors told, receipts and words to stop, until none is left."""
    from pusher.failpoint import reach
    from pusher.listening.receipts import fold

    reach("K10")
    counts: Counter[str] = Counter()
    while not desk.stop():
        with desk.store.writing() as session:
            folded = fold(session, desk.gateways, now=desk.moment(), at_most=_AT_ONCE)
            if folded.bodies:
                reach("K11")
        counts += Counter(asdict(folded))
        desk.beat()
        if folded.bodies < _AT_ONCE:
            break
    return counts


def lapse_batches(desk: Desk) -> Mapping[str, int]:
    """Let batches lapse whose last hour has passed."""
    from pusher.sending.release import lapse

    with desk.store.writing() as session:
        return lapse(session, now=desk.moment())


def call_silent(desk: Desk) -> Mapping[str, int]:
    """Call silent what nobody has told anything of for the whole term."""
    from pusher.listening.receipts import silent

    with desk.store.writing() as session:
        return {"silent": silent(session, settings=desk.settings, now=desk.moment())}


def rescue_doubtful(desk: Desk) -> Mapping[str, int]:
    """Ask the vendors about doubtful calls."""
    from pusher.sending.rescue import rescue

    def stop() -> bool:
        desk.beat()  # a hundred slow answers take longer than a clockwork may be silent
        return desk.stop()

    now = desk.moment()
    return asdict(rescue(desk.store, desk.gateways, settings=desk.settings, now=now, stop=stop))


def deliver_due(desk: Desk) -> Mapping[str, int]:
    """Deliver for most of a tick; what is left comes after the next look at the answers."""
    from pusher.sending.deliver import deliver

    counts: Counter[str] = Counter()
    until = desk.moment() + timedelta(seconds=desk.settings.tick_s) * 0.8
    while not desk.stop():
        came = deliver(
            desk.store,
            desk.gateways,
            settings=desk.settings,
            now=desk.moment(),
            limit=_AT_ONCE,
            owner=desk.owner,
            stop=desk.stop,
            patience=max(until - desk.moment(), timedelta()),
        )
        counts += Counter(asdict(came))
        desk.beat()
        if came.claimed < _AT_ONCE or desk.moment() >= until:
            break
    return counts


def count_on_age(desk: Desk) -> Mapping[str, int]:
    """Count the database on, so that no copy of it passes as new."""
    from pusher.keeping.epoch import count_on

    count_on(desk.store, desk.settings, now=desk.moment())
    return {}


def purge_past_term(desk: Desk) -> Mapping[str, int]:
    """Empty what is past its term."""
    from pusher.privacy.retention import purge

    with desk.store.writing() as session:
        return asdict(purge(session, settings=desk.settings, now=desk.moment()))


def sort_questions(desk: Desk) -> Mapping[str, int]:
    """Put new questions into topics, and open a duty for each that got hot."""
    from sqlmodel import select

    from profiles.model import Office
    from pusher.listening.topics import group, heat_of
    from pusher.reading.taxonomy import keywords

    counts: Counter[str] = Counter()
    with desk.store.reading() as session:
        offices = session.exec(select(Office.id)).all()
    for office_id in offices:
        with desk.store.writing() as session:
            done = group(
                session, office_id, keywords=keywords(), heat=heat_of(desk.settings),
                by="clockwork", now=desk.moment(),
            )  # fmt: skip
        counts += Counter(asdict(done))
        desk.beat()
    return counts


def index_policies(desk: Desk) -> Mapping[str, int]:
    """Make the rows by which questions find policies, some at a time."""
    from sqlmodel import select

    from pusher.listening.answers.terms import AT_ONCE, refresh
    from pusher.model.policy import Policy

    made = 0
    with desk.store.reading() as session:
        offices = session.exec(select(Policy.office_id).distinct()).all()
    for office_id in offices:
        again = True
        while again and not desk.stop():
            with desk.store.writing() as session:
                done = refresh(session, office_id)
            made, again = made + done, done == AT_ONCE
            desk.beat()
    return {"made": made}


def finish_forgetting(desk: Desk) -> Mapping[str, int]:
    """Finish forgetting whoever waited for an outcome, or came back with a restored backup."""
    from pusher.privacy.forget import finish
    from pusher.privacy.remembered import forgotten_file, keep_in_step

    now, file = desk.moment(), forgotten_file(desk.settings)
    with desk.store.writing() as session:
        done = finish(session, now=now)
        again = keep_in_step(session, file, by="clockwork", now=now)
    return {"forgotten": done, "again": again}


def keep_audit_head(desk: Desk) -> Mapping[str, int]:
    """Keep the audit's head outside the database, where a cut at its end will show against it."""
    from pusher.audit import HEADS, head, keep_head

    with desk.store.reading() as session:
        made = head(session)
    if made.number:
        keep_head(desk.settings.home / HEADS, made)
    return {"number": made.number}


def watch_sites(desk: Desk) -> Mapping[str, int]:
    """Look at the watched columns of official sites."""
    from pusher.commands.watch import watch_once

    return watch_once(desk.store, desk.settings, now=desk.moment(), stop=desk.stop)


def draft_digests(desk: Desk) -> Mapping[str, int]:
    """Draft the digest of the day and of the week, for staff to look at."""
    from sqlalchemy.exc import IntegrityError
    from sqlmodel import select

    from profiles.model import Channel, Office, Pace
    from pusher.model.errors import Overtaken
    from pusher.sending.digest import NothingNew, plan_digest, write_digest
    from pusher.sending.limits import limits_of
    from pusher.sending.prices import prices
    from pusher.sending.wording import GATEWAYS

    settings, counts = desk.settings, Counter[str]()
    # an openid is no address for an office without WeChat
    channels = [way for way in Channel if not settings.gateways.keys().isdisjoint(GATEWAYS[way])]
    with desk.store.reading() as session:
        offices = session.exec(select(Office)).all()
    for office in offices:
        for pace in (Pace.DAILY, Pace.WEEKLY):
            now = desk.moment()
            try:
                with desk.store.reading() as session:
                    worked_out = plan_digest(
                        session, office, pace, prices=prices(settings.gateways),
                        public_url=settings.public_url, by="digest", now=now,
                        limits=limits_of(settings), channels=channels,
                        send_after=None if settings.quiet_hours else now,
                    )  # fmt: skip
                with desk.store.writing() as session:
                    write_digest(session, worked_out)
            except (NothingNew, Overtaken, IntegrityError) as why_not:
                # nothing new, or another clockwork was faster
                counts[getattr(why_not, "code", "overtaken")] += 1
            else:
                counts[pace.value] += 1
    return counts


def recall_people(desk: Desk) -> Mapping[str, int]:
    """Find who has come to fit, then keep the columns for the next start."""
    from sqlmodel import select

    from profiles.model import Office
    from pusher.matching.index import keep
    from pusher.matching.recall import due, recall
    from pusher.model.match import RunKind

    now = desk.moment()
    with desk.store.reading() as session:
        due(session, now=now)  # the columns are laid out while nobody waits to write
    with desk.store.writing() as session:
        found = recall(session, now=now, by="recall")
    desk.beat()
    with desk.store.writing() as session:
        for office in session.exec(select(Office)).all():
            keep(session, office.id, now=now)
    return {
        kind.value: sum(run.judged for run in found if run.kind is kind)
        for kind in (RunKind.RECALL, RunKind.AHEAD)
    }


def supervise_duties(desk: Desk) -> Mapping[str, int]:
    """Open what is owed, close what is done, let go up what is late."""
    from sqlmodel import select

    from profiles.model import Office
    from pusher.listening.supervise import look_round, settle

    now, counts = desk.moment(), Counter[str]()
    with desk.store.reading() as session:
        offices = session.exec(select(Office)).all()
        owed = [(office, look_round(session, office, now=now)) for office in offices]
    desk.beat()
    with desk.store.writing() as session:
        for office, found in owed:
            done = settle(session, office, found, settings=desk.settings, now=now)
            counts += Counter(asdict(done))
    return counts


def remind_of_deadlines(desk: Desk) -> Mapping[str, int]:
    """Draft a reminder for each policy that ends soon; staff submit it, or do not."""
    from pusher.listening.remind import due_reminders
    from pusher.model.errors import Unwilling

    counts = Counter(drafted=0, nobody=0, failed=0)
    with desk.store.reading() as session:
        due = due_reminders(session, settings=desk.settings, now=desk.moment())
    for one in due:
        if desk.stop():
            break
        try:
            counts["drafted" if _draft_reminder(desk, one) else "nobody"] += 1
        except Unwilling as error:
            # a template or a price is missing: the others go on, and tomorrow it is tried again
            _log.warning("remind: %s", error.code)
            counts["failed"] += 1
        desk.beat()
    return counts


def _draft_reminder(desk: Desk, due: DueReminder) -> bool:
    """Draft one reminder after a fresh look at who fits today; False if nobody is left."""
    from pusher.listening.remind import BY, is_seen_to, remember
    from pusher.matching.index import view
    from pusher.matching.match import match
    from pusher.model.policy import Policy
    from pusher.sending.compose import write_down

    now = desk.moment()
    with desk.store.reading() as session:
        view(session, due.office_id)  # the columns are laid out while nobody waits to write
    with desk.store.writing() as session:
        # who has got it since, has died or moved away, by the registers, is not found any more
        run = match(session, session.get_one(Policy, due.policy_id), now=now, by=BY)
    draft = _plan_reminder(desk, due, run, now)
    with desk.store.writing() as session:
        if is_seen_to(session, due):
            return False
        remember(session, due, write_down(session, draft) if draft else None, now=now)
    return draft is not None


def _plan_reminder(desk: Desk, due: DueReminder, run: MatchRun, now: datetime) -> Plan | None:
    """Work out one reminder; None where no notice would leave."""
    from sqlmodel import select

    from pusher.listening.remind import BY
    from pusher.model.batch import BatchKind
    from pusher.model.match import Match
    from pusher.model.policy import Policy
    from pusher.sending.compose import NobodyToTell, TooLate, plan
    from pusher.sending.limits import limits_of
    from pusher.sending.prices import prices

    with desk.store.reading() as session:
        found = session.exec(select(Match.profile_id).where(Match.run_id == run.id)).all()
        try:
            draft = plan(
                session,
                session.get_one(Policy, due.policy_id),
                run,
                kind=BatchKind.REMINDER,
                include=due.include,
                channels=due.channels,
                send_after=None,
                prices=prices(desk.settings.gateways),
                public_url=desk.settings.public_url,
                by=BY,
                now=now,
                limits=limits_of(desk.settings),
                known=set(found) - set(due.people),
            )
        except (NobodyToTell, TooLate):
            return None
    return draft if draft.counted["drafted"] else None
