"""Every act of staff is in the audit: each form of the console stands here with its act."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlmodel import col, select

import pusher
from pusher.audit import verify
from pusher.model.staff import AuditEntry, Role
from tests.sending.delivery_makers import make_batch, make_visit
from tests.sending.makers import make_person
from tests.web.browsing import Console
from tests.web.reading_in import confirm_fields, read_one, upload
from tests.web.routes import BEFORE_SIGN_IN, STAFF, all_routes

ACTS: dict[tuple[str, str], str] = {
    ("POST", "/sign-out"): "staff.sign_out",
    ("POST", "/gateways/{name}/pause"): "gateway.pause",
    ("POST", "/gateways/{name}/resume"): "gateway.resume",
    ("POST", "/holds"): "hold.place",
    ("POST", "/holds/{cause}/lift"): "hold.lift",
    ("POST", "/policies"): "policy.read",
    ("POST", "/policies/intake"): "policy.read",
    ("POST", "/policies/intake/one"): "policy.read",
    ("POST", "/policies/{policy_id}/source"): "policy.correct",
    ("POST", "/api/v1/policies"): "policy.read",
    ("POST", "/api/v1/roster"): "roster.import",
    ("POST", "/columns"): "watch.add",
    ("POST", "/columns/{column_id}/end"): "watch.end",
    ("POST", "/interpretations/{interpretation_id}"): "interpretation.check",
    ("POST", "/interpretations/{interpretation_id}/end"): "interpretation.end",
    ("POST", "/policies/{policy_id}/interpretations"): "interpretation.register",
    ("POST", "/policies/{policy_id}/interpretation-plan"): "interpretation.plan",
    ("POST", "/phrases"): "phrase.add",
    ("POST", "/phrases/{phrase_id}/drop"): "phrase.drop",
    ("POST", "/phrases/{phrase_id}/restore"): "phrase.restore",
    ("POST", "/policies/{policy_id}/confirm"): "policy.confirm",
    ("POST", "/policies/{policy_id}/repeal"): "policy.repeal",
    ("POST", "/policies/{policy_id}/match"): "policy.match",
    ("POST", "/policies/{policy_id}/batches"): "batch.draft",
    ("POST", "/batches/{batch_id}/submit"): "batch.submit",
    ("POST", "/batches/{batch_id}/send-back"): "batch.send_back",
    ("POST", "/batches/{batch_id}/approve"): "batch.approve",
    ("POST", "/batches/{batch_id}/pause"): "batch.pause",
    ("POST", "/batches/{batch_id}/resume"): "batch.resume",
    ("POST", "/batches/{batch_id}/cancel"): "batch.cancel",
    ("POST", "/batches/{batch_id}/recipients"): "batch.reveal",
    ("POST", "/visits/{visit_id}"): "visit.tick",
    ("POST", "/duties/{duty_id}/close"): "duty.close",
    ("POST", "/duties/{duty_id}/drop"): "duty.drop",
    ("POST", "/duties/{duty_id}/hand-over"): "duty.hand_over",
    ("POST", "/visits/postings"): "posting.add",
    ("POST", "/visits/postings/{posting_id}/down"): "posting.down",
    ("POST", "/visits/postings/{posting_id}/photo"): "posting.photo",
    ("POST", "/replies/{reply_id}/settle"): "reply.settle",
    ("POST", "/questions/{question_id}"): "question.handle",
    ("POST", "/notices/{notice_id}/settle"): "notice.settle_unsure",
    ("POST", "/notices/{notice_id}/anew"): "batch.draft_anew",
    ("POST", "/contacts/{contact_id}"): "contact.confirm",
    ("POST", "/contacts/{contact_id}/code"): "contact.code",
    ("POST", "/contacts/{contact_id}/code/check"): "contact.confirm",
    ("POST", "/staff"): "staff.add",
    ("POST", "/staff/{staff_id}/disable"): "staff.disable",
    ("POST", "/staff/{staff_id}/reset"): "staff.reset",
    ("POST", "/staff/{staff_id}/role"): "staff.role",
    ("POST", "/profiles/{profile_id}/reveal"): "profile.reveal",
    ("POST", "/profiles/{profile_id}/opt-outs"): "profile.opt_out",
    ("POST", "/profiles/{profile_id}/opt-outs/{opt_out_id}/lift"): "profile.lift",
    ("POST", "/profiles/{profile_id}/copy"): "privacy.export",
    ("POST", "/profiles/{profile_id}/forget"): "privacy.forget",
    ("POST", "/topics/{topic_id}/settle"): "topic.settle",
    ("POST", "/topics/{topic_id}/dismiss"): "topic.dismiss",
    ("POST", "/imports/hotline"): "hotline.import",
    ("POST", "/imports/hotline/{hotline_id}/undo"): "hotline.undo",
    ("POST", "/imports/hotline/{hotline_id}/calls/{question_id}"): "question.tie",
    ("POST", "/imports"): "roster.check",
    ("POST", "/imports/{import_id}/confirm"): "roster.import",
    ("POST", "/imports/{import_id}/drop"): "roster.drop",
    ("POST", "/imports/{import_id}/end-missing"): "roster.end_missing",
    ("POST", "/imports/{import_id}/undo"): "roster.undo",
    ("POST", "/settings/office"): "office.describe",
    ("POST", "/settings/days"): "office.set_day",
    ("POST", "/settings/days/{day}/drop"): "office.drop_day",
    ("POST", "/settings/years/{year}"): "office.set_day",
    ("POST", "/audit/verify"): "audit.verify",
    ("POST", "/sign-in"): "staff.sign_in",
    ("POST", "/code"): "staff.second_factor",
    ("POST", "/invite/{word}"): "staff.set_password",
    ("POST", "/requests/{request_id}"): "rights.close",
    ("POST", "/profiles/{profile_id}/binding-code"): "contact.binding_code",
    ("POST", "/contacts/{contact_id}/unbind"): "contact.unbind",
    ("POST", "/p/stop/{word}"): "public.opt_out",
    ("POST", "/p/why/{word}/feedback"): "public.feedback",
    ("POST", "/p/join/{kind}"): "public.code",
    ("POST", "/p/sign-in"): "public.code",
    ("POST", "/p/mine/from/{word}"): "public.code",
    ("POST", "/p/code"): "public.sign_in",
    ("POST", "/p/mine/follow"): "public.follow",
    ("POST", "/p/mine/end"): "public.end",
    ("POST", "/p/mine/pace"): "public.pace",
    ("POST", "/p/mine/stop"): "public.stop",
    ("POST", "/p/mine/resume"): "public.resume",
    ("POST", "/p/mine/sensitive"): "public.agree",
    ("POST", "/p/mine/facts"): "public.drop_fact",
    ("POST", "/p/mine/ask"): "public.request",
    ("POST", "/p/mine/feedback"): "public.feedback",
    ("POST", "/p/mine/sign-out"): "public.sign_out",
}
"""Each form to the act it is written down as."""
BESIDES = {
    *("staff.sign_in_refused", "staff.code_refused", "staff.prove", "staff.role", "look"),
    *("policy.recall", "policy.check", "watch.gone", "contact.end", "contact.code_refused"),
    *("program.add", "program.end"),
    *("key.rotate", "key.retire"),
    # a trial text, of the terminal alone: before it leaves, and what came of it
    *("gateway.try", "gateway.tried"),
    # a code that came back to the application, or the terminal
    "contact.bind",
    # the code of somebody new, and the other answer of a form that has two
    *("public.join", "public.withdraw", "public.use_fact"),
    *("privacy.export", "privacy.forget", "privacy.purge"),
    *("batch.export", "visits.print", "policy.supersede", "database.restore"),
    # what the clockwork does by itself
    *("batch.release", "batch.lapse", "batch.finish", "duty.open", "duty.escalate"),
}
"""Acts that no form of the console stands for."""
SILENT = {
    # what vendors push is kept whole in the inbox
    *("/callbacks/wechat", "/callbacks/wecom"),
    *("/callbacks/{name}/receipts", "/callbacks/{name}/replies"),
    # what a rule would find while somebody is still at it: nothing is kept
    "/policies/{policy_id}/confirm/counts",
    # a search by a whole name or number: posted to keep it out of addresses; it shows masked hits
    "/profiles",
    # a question is kept as a row of its own, of which nobody knows whose it is
    *("/p/ask", "/p/ask/useful"),
}
"""Forms that are no act."""


def test_every_form_stands_in_the_table(lite: Console) -> None:
    forms = {key for key in all_routes(lite) if key[0] == "POST" and key[1] not in SILENT}

    assert forms == set(ACTS)
    assert {key for key in STAFF if key[0] == "POST" and key[1] not in SILENT} <= forms
    assert {key for key in BEFORE_SIGN_IN if key[0] == "POST"} <= forms


def acts_in_the_code() -> Iterator[str]:
    said = re.compile(r'\b_?note\(\s*\w+,\s*(?:desk, )?(?:who, )?"([a-z_.]+)"')
    chosen = re.compile(r'\bact = "([a-z_.]+)" if \w+ else "([a-z_.]+)"')
    for file in Path(pusher.__file__).parent.rglob("*.py"):
        text = file.read_text("utf-8")
        yield from said.findall(text)
        for pair in chosen.findall(text):
            yield from pair


def test_every_act_that_the_code_writes_down_stands_in_the_table() -> None:
    found = set(acts_in_the_code())

    assert found - set(ACTS.values()) - BESIDES == set()
    assert (set(ACTS.values()) | BESIDES) - found == set()


class Trail:
    """The audit as it grows."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.seen = len(self.entries())

    def entries(self) -> list[AuditEntry]:
        with self.console.store.reading() as session:
            return list(session.exec(select(AuditEntry).order_by(col(AuditEntry.number))))

    def grew_by(self, act: str, role: Role) -> None:
        """One more of *act*, by the one of that role, since the last look."""
        new = self.entries()[self.seen :]
        self.seen += len(new)
        assert [(e.act, e.by) for e in new if e.act != "look"] == [
            (act, self.console.staff[role].number)
        ]


def test_a_day_of_the_office_is_told_by_the_audit_act_by_act(console: Console) -> None:
    with console.office() as (session, office):
        person = make_person(session, office, facts={"household_area": "370104"}).id
        visit = make_visit(session, make_batch(session))
    where = read_one(console)
    browsers = {role: console.browser(role) for role in Role}
    trail = Trail(console)

    def do(role: Role, path: str, form: dict[str, Any], *, of: str) -> str:
        answer = browsers[role].post(path, form)
        assert answer.status_code in (200, 303), (path, answer.text[:2000])
        trail.grew_by(ACTS["POST", of], role)
        return str(answer.headers.get("location", ""))

    upload(browsers[Role.CLERK])
    trail.grew_by("policy.read", Role.CLERK)
    policy, batch = "/policies/{policy_id}", "/batches/{batch_id}"
    do(Role.CLERK, f"{where}/confirm", confirm_fields(), of=f"{policy}/confirm")
    do(Role.CLERK, f"{where}/match", {}, of=f"{policy}/match")
    wish = {"kind": "first", "include": "eligible", "channels": ["sms", "wechat"]}
    drafted = do(Role.CLERK, f"{where}/batches", wish, of=f"{policy}/batches")
    do(Role.CLERK, f"{drafted}/submit", {}, of=f"{batch}/submit")
    do(Role.REVIEWER, f"{drafted}/send-back", {"reason": "金额有误"}, of=f"{batch}/send-back")
    do(Role.CLERK, f"{drafted}/submit", {}, of=f"{batch}/submit")
    do(Role.REVIEWER, f"{drafted}/recipients", {"reveal": "核对"}, of=f"{batch}/recipients")
    page = browsers[Role.REVIEWER].get(drafted).text
    shown = re.search(r'name="shown" value="([0-9a-f]{64})"', page)
    assert shown
    do(Role.REVIEWER, f"{drafted}/approve", {"shown": shown[1], "seen": "1"}, of=f"{batch}/approve")
    do(Role.CLERK, f"{drafted}/pause", {"reason": "号码有误"}, of=f"{batch}/pause")
    do(Role.CLERK, f"{drafted}/resume", {}, of=f"{batch}/resume")
    do(Role.REVIEWER, f"{drafted}/cancel", {"reason": "改期"}, of=f"{batch}/cancel")
    do(Role.CLERK, f"/visits/{visit.id}", {"met": "yes"}, of="/visits/{visit_id}")
    asked = {"copy": "持证到窗口", "forget": "持证到窗口", "sure": "1"}
    profile = "/profiles/{profile_id}"
    do(Role.CLERK, f"/profiles/{person}/copy", asked, of=f"{profile}/copy")
    do(Role.REVIEWER, f"/profiles/{person}/forget", asked, of=f"{profile}/forget")
    do(Role.CLERK, f"{where}/repeal", {"reason": "上级废止"}, of=f"{policy}/repeal")
    stop = {"because": "演练"}
    do(Role.CLERK, "/gateways/aliyun/pause", stop, of="/gateways/{name}/pause")
    do(Role.CLERK, "/gateways/aliyun/resume", {}, of="/gateways/{name}/resume")
    do(Role.CLERK, "/holds", stop, of="/holds")
    remark = {"remark": "已核实"}
    do(Role.REVIEWER, "/holds/staff/lift", remark, of="/holds/{cause}/lift")
    new = {"login": "neu", "name": "样例新人", "number": "7001", "role": "viewer"}
    do(Role.ADMIN, "/staff", new, of="/staff")
    viewer = console.staff[Role.VIEWER].id
    do(Role.ADMIN, f"/staff/{viewer}/reset", {}, of="/staff/{staff_id}/reset")
    role = {"role": "auditor"}
    do(Role.ADMIN, f"/staff/{viewer}/role", role, of="/staff/{staff_id}/role")
    do(Role.ADMIN, f"/staff/{viewer}/disable", {}, of="/staff/{staff_id}/disable")
    do(Role.AUDITOR, "/audit/verify", {}, of="/audit/verify")
    do(Role.AUDITOR, "/sign-out", {}, of="/sign-out")
    with console.store.reading() as session:
        assert verify(session) == []
