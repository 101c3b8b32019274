"""Makers: they fill in what is not the point of a test. All people and firms are invented."""

from datetime import datetime
from itertools import count
from typing import Any

from sqlmodel import Session

from profiles.model import Office, Street
from pusher.clock import OFFICE_ZONE
from pusher.model.interpretation import Interpretation
from pusher.model.policy import AudienceRule, Policy, PolicyTag, TagSource
from pusher.model.staff import Role, Staff

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=OFFICE_ZONE)
_numbers = count(1)


def make_office(session: Session, **given: Any) -> Office:
    office = Office(
        **{
            "name": "槐荫区政务公开办公室（样例）",
            "area_code": "370104",
            "signature": "槐荫政务公开",
            "phone": "0531-00000001",
            **given,
        }
    )
    session.add(office)
    session.flush()
    for code, name in (("370104013", "腊山街道"), ("370104003", "道德街街道")):
        session.add(Street(code=code, office_id=office.id, name=name))
    session.flush()
    return office


def make_staff(session: Session, office: Office, role: Role = Role.CLERK, **given: Any) -> Staff:
    number = f"{next(_numbers):04}"
    staff = Staff(
        **{
            "office_id": office.id,
            "number": number,
            "login": f"staff{number}",
            "name": "样例工作人员",
            "role": role,
            "created_at": NOW,
            **given,
        }
    )
    session.add(staff)
    session.flush()
    return staff


def make_policy(session: Session, office: Office, **given: Any) -> Policy:
    """A policy as read; give ``tags=["M01"]`` for tags."""
    tags = given.pop("tags", ["M02"])
    policy = Policy(
        **{
            "office_id": office.id,
            "sha256": f"{next(_numbers):064x}",
            "source": "样例.html",
            "title": "关于发放高龄津贴的通知（样例）",
            "short_title": "高龄津贴",
            "body": ["具有槐荫区户籍、年满80周岁的老年人，每人每月100元。"],
            "elements": {},
            "draft": {},
            "warnings": [],
            "read_at": NOW,
            **given,
        }
    )
    session.add(policy)
    session.flush()
    for code in tags:
        session.add(
            PolicyTag(
                policy_id=policy.id,
                tag_code=code,
                name="样例标签",
                words=[],
                source=TagSource.STAFF,
            )
        )
    session.flush()
    return policy


def make_interpretation(session: Session, policy: Policy, **given: Any) -> Interpretation:
    """One that staff have looked at."""
    interpretation = Interpretation(
        **{
            "office_id": policy.office_id,
            "policy_id": policy.id,
            "tied_by": "staff",
            "title": "高龄津贴怎么领，一图读懂（样例）",
            "form": "picture",
            "stage": "at",
            "address": "http://www.example.gov.cn/jd/1.html",
            "by": "0001",
            "at": NOW,
            "checked_by": "0001",
            "checked_at": NOW,
            **given,
        }
    )
    session.add(interpretation)
    session.flush()
    return interpretation


AGED = {
    "all": [
        {"fact": "household_area", "op": "within", "value": ["370104"], "quote": "具有槐荫区户籍"},
        {"fact": "birth_date", "op": "age_ge", "value": 80, "quote": "年满80周岁的老年人"},
    ]
}


def make_rule(session: Session, policy: Policy, **given: Any) -> AudienceRule:
    rule = AudienceRule(
        **{
            "policy_id": policy.id,
            "number": next(_numbers),
            "audience": "resident",
            "subject": "self",
            "rule": AGED,
            "manual_checks": [],
            "confirmed_by": "0001",
            "confirmed_at": NOW,
            **given,
        }
    )
    session.add(rule)
    session.flush()
    return rule
