"""The table of routes: which role may pass where, and what is open to whoever has its address."""

import re
from uuid import uuid4

from fastapi.routing import APIRoute
from sqlmodel import Session

from profiles.model import Office
from pusher.model.staff import Role
from pusher.web.gate import routes_of
from tests.sending.makers import drafted_for, make_person
from tests.web.browsing import Console

EVERYBODY = frozenset(Role)
LOOK = frozenset({Role.VIEWER, Role.CLERK, Role.REVIEWER})
CLERK = frozenset({Role.CLERK})
REVIEWER = frozenset({Role.REVIEWER})
SEND = CLERK | REVIEWER
COMMUNITY = frozenset({Role.COMMUNITY})
ADMIN = frozenset({Role.ADMIN})
AUDITOR = frozenset({Role.AUDITOR})

STAFF: dict[tuple[str, str], frozenset[Role]] = {
    ("GET", "/"): EVERYBODY,
    ("POST", "/sign-out"): EVERYBODY,
    ("POST", "/gateways/{name}/pause"): SEND,
    ("POST", "/gateways/{name}/resume"): SEND,
    ("POST", "/holds"): SEND,
    ("POST", "/holds/{cause}/lift"): REVIEWER,
    ("GET", "/policies"): LOOK,
    ("POST", "/policies"): CLERK,
    ("GET", "/policies/intake"): LOOK,
    ("POST", "/policies/intake"): CLERK,
    ("POST", "/policies/intake/one"): CLERK,
    ("POST", "/columns"): CLERK,
    ("POST", "/columns/{column_id}/end"): CLERK,
    ("GET", "/policies/{policy_id}"): LOOK,
    ("GET", "/policies/{policy_id}/source"): LOOK,
    ("POST", "/policies/{policy_id}/source"): CLERK,
    ("GET", "/policies/{policy_id}/original"): LOOK,
    ("GET", "/policies/{policy_id}/original/{number}.png"): LOOK,
    ("GET", "/policies/{policy_id}/changes"): LOOK,
    ("GET", "/policies/{policy_id}/confirm"): CLERK,
    ("POST", "/policies/{policy_id}/confirm"): CLERK,
    ("POST", "/policies/{policy_id}/confirm/counts"): CLERK,
    ("POST", "/policies/{policy_id}/repeal"): CLERK,
    ("POST", "/policies/{policy_id}/match"): CLERK,
    ("GET", "/policies/{policy_id}/matches"): LOOK,
    ("POST", "/policies/{policy_id}/batches"): CLERK,
    ("GET", "/interpretations"): LOOK,
    ("GET", "/interpretations/{interpretation_id}"): LOOK,
    ("POST", "/interpretations/{interpretation_id}"): CLERK,
    ("POST", "/interpretations/{interpretation_id}/end"): CLERK,
    ("POST", "/policies/{policy_id}/interpretations"): CLERK,
    ("POST", "/policies/{policy_id}/interpretation-plan"): CLERK,
    ("GET", "/phrases"): LOOK,
    ("POST", "/phrases"): CLERK,
    ("POST", "/phrases/{phrase_id}/drop"): CLERK,
    ("POST", "/phrases/{phrase_id}/restore"): CLERK,
    ("GET", "/phrases/corrections"): LOOK,
    ("GET", "/batches"): LOOK,
    ("GET", "/batches/{batch_id}"): LOOK,
    ("POST", "/batches/{batch_id}/submit"): CLERK,
    ("POST", "/batches/{batch_id}/send-back"): REVIEWER,
    ("POST", "/batches/{batch_id}/approve"): REVIEWER,
    ("POST", "/batches/{batch_id}/pause"): SEND,
    ("POST", "/batches/{batch_id}/resume"): SEND,
    ("POST", "/batches/{batch_id}/cancel"): SEND,
    ("POST", "/batches/{batch_id}/recipients"): SEND,
    ("GET", "/visits"): LOOK | COMMUNITY,
    ("POST", "/visits/{visit_id}"): CLERK | COMMUNITY,
    ("GET", "/visits/paper"): LOOK | COMMUNITY,
    ("GET", "/visits/postings"): LOOK | COMMUNITY,
    ("POST", "/visits/postings"): CLERK | COMMUNITY,
    ("POST", "/visits/postings/{posting_id}/down"): CLERK | COMMUNITY,
    ("POST", "/visits/postings/{posting_id}/photo"): CLERK | COMMUNITY,
    ("GET", "/visits/postings/{posting_id}/photo"): LOOK | COMMUNITY,
    ("GET", "/leaflets/{policy_id}"): LOOK | COMMUNITY,
    ("GET", "/leaflets/{policy_id}/pdf"): LOOK | COMMUNITY,
    ("GET", "/leaflets/{policy_id}/poster"): LOOK | COMMUNITY,
    ("GET", "/effects"): LOOK,
    ("GET", "/effects.csv"): LOOK,
    ("GET", "/duties"): LOOK | ADMIN,
    ("GET", "/duties/sheet"): LOOK | ADMIN,
    ("POST", "/duties/{duty_id}/close"): SEND,
    ("POST", "/duties/{duty_id}/drop"): SEND,
    ("POST", "/duties/{duty_id}/hand-over"): SEND,
    ("GET", "/questions"): LOOK,
    ("POST", "/questions/{question_id}"): CLERK,
    ("GET", "/topics"): LOOK,
    ("GET", "/topics/{topic_id}"): LOOK,
    ("POST", "/topics/{topic_id}/settle"): CLERK,
    ("POST", "/topics/{topic_id}/dismiss"): CLERK,
    ("GET", "/replies"): LOOK,
    ("POST", "/replies/{reply_id}/settle"): CLERK,
    ("GET", "/requests"): LOOK,
    ("POST", "/requests/{request_id}"): SEND,
    ("GET", "/notices/unsure"): LOOK,
    ("POST", "/notices/{notice_id}/settle"): CLERK,
    ("POST", "/notices/{notice_id}/anew"): CLERK,
    ("GET", "/profiles"): LOOK,
    ("POST", "/profiles"): LOOK,
    ("GET", "/profiles/{profile_id}"): LOOK,
    ("POST", "/profiles/{profile_id}/reveal"): SEND,
    ("POST", "/profiles/{profile_id}/opt-outs"): CLERK,
    ("POST", "/profiles/{profile_id}/opt-outs/{opt_out_id}/lift"): CLERK,
    ("GET", "/profiles/{profile_id}/rights"): SEND,
    ("POST", "/profiles/{profile_id}/copy"): SEND,
    ("POST", "/profiles/{profile_id}/forget"): SEND,
    ("GET", "/contacts"): LOOK,
    ("POST", "/profiles/{profile_id}/binding-code"): CLERK,
    ("POST", "/contacts/{contact_id}/unbind"): CLERK,
    ("POST", "/contacts/{contact_id}"): CLERK,
    ("POST", "/contacts/{contact_id}/code"): CLERK,
    ("GET", "/contacts/{contact_id}/code"): CLERK,
    ("POST", "/contacts/{contact_id}/code/check"): CLERK,
    ("GET", "/imports"): LOOK,
    ("POST", "/imports"): CLERK,
    ("GET", "/imports/hotline"): LOOK,
    ("POST", "/imports/hotline"): CLERK,
    ("GET", "/imports/hotline/{hotline_id}"): LOOK,
    ("POST", "/imports/hotline/{hotline_id}/undo"): CLERK,
    ("POST", "/imports/hotline/{hotline_id}/calls/{question_id}"): CLERK,
    ("GET", "/imports/columns/{kind}"): LOOK,
    ("GET", "/imports/columns/{kind}.csv"): LOOK,
    ("GET", "/imports/{import_id}"): LOOK,
    ("GET", "/imports/{import_id}/errors.csv"): LOOK,
    ("POST", "/imports/{import_id}/confirm"): CLERK,
    ("POST", "/imports/{import_id}/drop"): CLERK,
    ("POST", "/imports/{import_id}/end-missing"): CLERK,
    ("POST", "/imports/{import_id}/undo"): CLERK,
    ("GET", "/settings"): EVERYBODY,
    ("POST", "/settings/office"): ADMIN,
    ("POST", "/settings/days"): ADMIN,
    ("POST", "/settings/days/{day}/drop"): ADMIN,
    ("POST", "/settings/years/{year}"): ADMIN,
    ("GET", "/staff"): ADMIN,
    ("POST", "/staff"): ADMIN,
    ("POST", "/staff/{staff_id}/disable"): ADMIN,
    ("POST", "/staff/{staff_id}/reset"): ADMIN,
    ("GET", "/staff/{staff_id}/role"): ADMIN,
    ("POST", "/staff/{staff_id}/role"): ADMIN,
    ("GET", "/audit"): AUDITOR,
    ("POST", "/audit/verify"): AUDITOR,
}
BEFORE_SIGN_IN = {
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/code"),
    ("POST", "/code"),
    ("GET", "/invite/{word}"),
    ("POST", "/invite/{word}"),
    ("GET", "/p/join"),
    ("GET", "/p/join/guardian"),
    ("GET", "/p/join/{kind}"),
    ("POST", "/p/join/{kind}"),
    ("GET", "/p/notice/{version}"),
    ("GET", "/p/sign-in"),
    ("POST", "/p/sign-in"),
    ("GET", "/p/code"),
    ("POST", "/p/code"),
    ("GET", "/p/mine"),
    ("POST", "/p/mine/follow"),
    ("POST", "/p/mine/end"),
    ("POST", "/p/mine/pace"),
    ("POST", "/p/mine/stop"),
    ("POST", "/p/mine/resume"),
    ("POST", "/p/mine/sensitive"),
    ("POST", "/p/mine/facts"),
    ("POST", "/p/mine/ask"),
    ("POST", "/p/mine/feedback"),
    ("POST", "/p/mine/sign-out"),
    ("GET", "/p/mine/from/{word}"),
    ("POST", "/p/mine/from/{word}"),
}
BY_TOKEN = {
    ("GET", "/api/v1/policies"),
    ("POST", "/api/v1/policies"),
    ("GET", "/api/v1/policies/{policy_id}"),
    ("POST", "/api/v1/roster"),
    ("GET", "/api/v1/batches"),
    ("GET", "/api/v1/batches/{batch_id}"),
    ("GET", "/api/v1/batches/{batch_id}/notices"),
    ("GET", "/api/v1/receipts"),
}
BY_ADDRESS = {
    ("GET", "/api/openapi.json"),
    ("GET", "/p/why/{word}"),
    ("GET", "/p/stop/{word}"),
    ("POST", "/p/stop/{word}"),
    ("POST", "/p/why/{word}/feedback"),
    ("GET", "/p/policy/{policy_id}"),
    ("GET", "/p/ask"),
    ("POST", "/p/ask"),
    ("POST", "/p/ask/useful"),
    ("GET", "/p/interpretation/{interpretation_id}"),
    ("GET", "/callbacks/wechat"),
    ("POST", "/callbacks/wechat"),
    ("GET", "/callbacks/wecom"),
    ("POST", "/callbacks/wecom"),
    ("POST", "/callbacks/{name}/receipts"),
    ("POST", "/callbacks/{name}/replies"),
    ("GET", "/static/{name}"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
}


def all_routes(console: Console) -> dict[tuple[str, str], APIRoute]:
    return {
        (method, route.path): route
        for route in routes_of(console.app)
        for method in route.methods or ()
    }


def address(path: str) -> str:
    """The path with an id of nothing in every hole."""
    for hole in re.findall(r"{(\w+_id)}", path):
        path = path.replace("{" + hole + "}", str(uuid4()))
    for hole, filled in {
        "name": "aliyun",
        "word": "nothing",
        "cause": "staff",
        "day": "2026-10-01",
        "year": "2026",
        "kind": "resident",
        "version": "2026-11",
    }.items():
        path = path.replace("{" + hole + "}", filled)
    return path


def an_office_at_work(session: Session, office: Office) -> dict[str, str]:
    person = make_person(session, office, facts={"household_area": "370104"})
    batch = drafted_for(session, office, [person])
    return {"policy_id": str(batch.policy_id), "batch_id": str(batch.id)}
