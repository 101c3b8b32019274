"""What each JSON answer may hold, key by key: nothing goes out that is not written down here."""

import inspect
from collections.abc import Iterator
from typing import Any

from pusher import hold
from pusher.model.clockwork import HoldCause
from pusher.model.interpretation import Form, Stage
from pusher.model.notice import NoticeState, Reason
from pusher.model.program import Scope
from pusher.model.staff import Role
from pusher.reading.interpretation_plan import Planned, set_plan
from tests.api.test_api import Caller
from tests.listening.callbacks import folded, push, receipt, sent
from tests.makers import AGED, NOW, make_interpretation, make_policy, make_rule
from tests.profiles.registers import person, table
from tests.reading.pages import LABELS, NOTICE, page
from tests.sending.delivery_makers import make_batch, make_notice, notices_of
from tests.web.browsing import Console
from tests.web.routes import address, all_routes

KEYS = {
    "GET /api/v1/policies": """
        next policies
        policies. id title document_number state version sha256 read_at
    """,
    "GET /api/v1/policies/{policy_id}": """
        id title short_title document_number issuer index_number theme version sha256 source
        written_on published_on effective_on expires_on apply_from apply_until openness state
        registered body audience subject rule_text warnings genre reposted_by
        tags conditions manual_checks places attachments elements rule interpretations
        interpretation_plan
        tags. code name score source words
        tags.words. word weight
        rule. all any not fact op value quote
        conditions. id quote fact op value
        manual_checks. quote
        places. *
        places.*. where quote doubt
        attachments. name href
        interpretations. id title form stage published_on department phone address document
        interpretations. version tied_by checked
        interpretation_plan. stage form department due_on waived_because
        elements. benefits apply_from apply_until materials department phone how supersedes quota
        elements. quotes
        elements.benefits. amount unit cap cap_unit quote
        elements.quotes. *
    """,
    "POST /api/v1/policies": "id outcome",
    "POST /api/v1/roster": """
        added changed unchanged rejected
        rejected. row column code reason
    """,
    "GET /api/v1/batches": """
        next batches
        batches. id policy kind state send_after
    """,
    "GET /api/v1/batches/{batch_id}": """
        id policy kind state include channels send_after latest_at submitted_by approved_by sha256
        batches planned left_to_staff untold segments cost offline receipts opt_outs doubtful
        by_state by_outcome by_reason by_channel by_street visits
        by_state. drafted handing accepted failed unsure withheld
        by_outcome. none silent undelivered delivered read
        by_reason. *
        by_channel. *
        by_channel.*. *
        by_street. *
        by_street.*. *
        visits. to_do done not_met
    """,
    "GET /api/v1/batches/{batch_id}/notices": """
        notices
        notices. id profile channel state outcome reason attempts
        notices.attempts. key at gateway result gateway_ref
    """,
    "GET /api/v1/receipts": """
        next receipts
        receipts. id notice outcome code at
    """,
    "GET /healthz": """
        status clockwork failing holds gateways
        clockwork. beating seconds_since_beat
        gateways. *
    """,
    "GET /readyz": "status",
    "POST /policies/intake/one": "outcome says href title doubts reason error",
}
"""Each route that answers in JSON to the keys of its answer, a line for those of one kind; a star
stands for names that are data: a street, a gateway, a field of the policy."""
OF_THE_PROGRAM = {"GET /api/openapi.json"}
"""Made of the program alone: it knows no office."""
EVERYTHING = {"POST /profiles/{profile_id}/copy"}
"""What a person is owed, whole: PIPL art. 45; see the tests of privacy."""
VALUES = {"value"}
"""Of a rule: data, not keys."""


def allowed(route: str) -> set[str]:
    found = set()
    for line in KEYS[route].splitlines():
        above, *names = line.split() if ". " in line else ["", *line.split()]
        found |= {above + name for name in names}
    return found


def keys_of(value: Any, known: set[str], above: str = "") -> Iterator[str]:
    """Every key, as the table would write it; a rule holds rules, with the keys of the first."""
    if isinstance(value, list):
        for part in value:
            yield from keys_of(part, known, above)
    elif isinstance(value, dict):
        for name, part in value.items():
            key = f"{above}{name}" if f"{above}*" not in known else f"{above}*"
            yield key
            if name not in VALUES:
                yield from keys_of(part, known, "rule." if above == "rule." else f"{key}.")


def answers(console: Console) -> Iterator[tuple[str, Any]]:
    """What every route says of an office in which everything has happened."""
    caller, clerk = Caller(console, *Scope), console.browser(Role.CLERK)
    batch, policy = everything_happened(console)
    for route in (name for name in KEYS if name.startswith("GET /api/v1")):
        path = route.removeprefix("GET /api/v1")
        path = path.format(batch_id=batch, policy_id=policy)
        yield route, caller.get(path).json()
        if path.endswith(("policies", "batches")):
            yield route, caller.get(f"{path}?limit=1").json()
    html = page(labels=LABELS, body=(*NOTICE, RICH, FORM)).encode()
    handed_in = caller.post("/policies?name=a.html", html, "k1").json()
    yield "POST /api/v1/policies", handed_in
    read = caller.get(f"/policies/{handed_in['id']}").json()
    yield "GET /api/v1/policies/{policy_id}", read
    register = table(person(), person(), person("1"))
    taken = caller.post("/roster?kind=resident&name=a.csv", register, "k2")
    yield "POST /api/v1/roster", taken.json()
    yield "GET /healthz", clerk.get("/healthz").json()
    yield "GET /readyz", clerk.get("/readyz").json()
    intake = "/policies/intake"
    for files in (None, [("file", ("b.html", html, "text/html"))]):
        one = clerk.post(f"{intake}/one", {"ticket": "t"}, page=intake, files=files)
        yield "POST /policies/intake/one", one.json()


RICH = """四、申报材料：身份证、户口簿。五、申报时间：2026年3月1日至2026年6月30日。六、名额100人，
奖励额度最高不超过5000元。七、咨询电话：0531-00000002。"""
FORM = "<a href='/form.docx'>附件：申请表.docx</a>"


def everything_happened(console: Console) -> tuple[str, str]:
    """A batch and a policy about which there is something to say under every key."""
    with console.office() as (session, office):
        policy = make_policy(session, office, tags=["M02"])
        make_interpretation(session, policy)
        planned = Planned(Stage.AT, Form.TEXT, "区民政局", NOW.date())
        set_plan(session, policy, planned, by="0001", now=NOW)
        batch = make_batch(session, policy=policy)
        for _ in range(3):
            make_notice(session, batch)
        make_notice(session, batch, state=NoticeState.WITHHELD, reason=Reason.CAP)
        rule = {"all": [AGED, {"any": [{"not": AGED["all"][0]}]}]}
        make_rule(session, policy, rule=rule, manual_checks=[{"quote": "其他情形"}])
        hold.place(session, HoldCause.RESTORE, because="演练", by="0001", now=NOW)
        hold.lift(session, HoldCause.RESTORE, remark="演练", by="0001", now=NOW)
        ids = str(batch.id), str(policy.id)
    sent(console.store)
    push(console.store, [receipt(console.store, notices_of(console.store)[0])])
    folded(console.store)
    return ids


def test_every_answer_holds_what_is_written_down_and_nothing_else(console: Console) -> None:
    seen: dict[str, set[str]] = {route: set() for route in KEYS}

    for route, answer in answers(console):
        found = set(keys_of(answer, allowed(route)))
        assert found <= allowed(route), (route, found - allowed(route))
        seen[route] |= found

    for route, found in seen.items():
        assert found == allowed(route), (route, allowed(route) - found)


def test_every_route_that_answers_in_json_stands_in_the_table(lite: Console) -> None:
    browsers = [lite.browser(role) for role in Role] + [lite.browser()]
    found = set()

    for (method, path), route in all_routes(lite).items():
        returns = str(inspect.signature(route.endpoint).return_annotation)
        if "dict" in returns or "json" in inspect.getsource(route.endpoint).casefold():
            found.add(f"{method} {path}")
        elif method == "GET":
            kinds = {one.get(address(path)).headers.get("content-type", "") for one in browsers}
            assert not any("json" in kind for kind in kinds), path

    assert found == set(KEYS) | OF_THE_PROGRAM | EVERYTHING
