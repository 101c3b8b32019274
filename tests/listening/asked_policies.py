"""A confirmed policy of which people ask."""

from datetime import date
from typing import Any

from sqlmodel import Session, select

from profiles.model import Office
from pusher.model.policy import Policy, PolicyState
from tests.makers import NOW, make_office, make_policy, make_rule

AGED = {
    "title": "关于发放高龄津贴的通知（样例）",
    "short_title": "高龄津贴",
    "document_number": "槐民发〔2025〕41号",
    "published_on": date(2025, 12, 23),
    "expires_on": date(2030, 12, 31),
    "confirmed_at": NOW,
    "state": PolicyState.CONFIRMED,
    "body": [
        "各街道办事处：",
        "一、发放范围",
        "（一）具有槐荫区户籍、年满80周岁的老年人，可以申领津贴。",
        "（二）有下列情形之一的，不享受津贴：",
        "1.已享受特困供养金的；",
        "2.入住养老机构且由财政负担费用的，但自费入住的除外。",
        "二、发放标准",
        "每人每月100元。连续三个月未核查的，不得发放。",
        "三、办理",
        "本人持居民身份证到户籍所在社区提出申请，全年受理。咨询电话：0531-00000141。",
    ],
    "elements": {
        "benefits": [{"quote": "每人每月100元"}],
        "phone": "0531-00000141",
        "quotes": {
            "how": "本人持居民身份证到户籍所在社区提出申请",
            "phone": "咨询电话：0531-00000141",
        },
    },
}


def given_policy(session: Session, office: Office | None = None, **given: Any) -> Policy:
    office = office or session.exec(select(Office)).first() or make_office(session)
    policy = make_policy(session, office, **{**AGED, **given})
    make_rule(session, policy)
    return policy
