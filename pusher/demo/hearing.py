"""What the district has heard before a visitor comes: questions, hotline calls, interpretations."""

import csv
import io
import json
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, select

from profiles.model import Office
from pusher.listening.answers.ask import ask
from pusher.listening.hotline import Sheet, take_in, work_out
from pusher.listening.hotline_sheet import ANSWERED, AREA, CATEGORY, COLUMNS, NUMBER, TEXT, TIME
from pusher.listening.topics import group, heat_of
from pusher.model.interpretation import Form
from pusher.model.policy import Policy
from pusher.reading.interpret import Described, register
from pusher.reading.taxonomy import keywords
from pusher.settings import Settings

QUESTIONS: Final = (
    "社保补贴怎么申请",
    "老年人吃饭补贴怎么弄",
    "开店补贴有吗",
    "老人钱怎么领",
    "公积金怎么提取",
)
"""The fourth is answered once p02 is confirmed, which the demo leaves to its visitor."""
INTERPRETATIONS: Final = (
    ("p01", "一图读懂“情系桑榆”居家老年人上门照护服务（样例）", Form.PICTURE),
    ("p04", "《“薪槐未来”事实无人抚养儿童基本生活补贴实施办法》政策解读（样例）", Form.TEXT),
)


def hear(
    session: Session, policies: dict[str, str], settings: Settings, *, by: str, now: datetime
) -> None:
    """Let people ask, call 12345 and read interpretations, of policies that are confirmed.

    Args:
        policies: file stem → id as text.
        by: staff number of who imports and registers.
    """
    office = session.exec(select(Office)).one()
    for stem, title, form in INTERPRETATIONS:
        policy = session.get_one(Policy, UUID(policies[stem]))
        told = Described(title, form, published_on=now.date())
        register(session, policy, told, by=by, now=now)
    for question in QUESTIONS:
        ask(session, office, question, now=now)
    sheet = Sheet(_worksheets(now), "12345工单（样例）.csv", office, keywords(), by, now)
    take_in(session, work_out(session, sheet))
    group(session, office.id, keywords=keywords(), heat=heat_of(settings), by=by, now=now)


def _worksheets(now: datetime) -> bytes:
    """The calls of the last days as the hotline exports them."""
    text = files("pusher.demo").joinpath("district", "hotline.json").read_text(encoding="utf-8")
    told: list[dict[str, Any]] = json.loads(text)
    paper = io.StringIO()
    rows = csv.DictWriter(paper, COLUMNS)
    rows.writeheader()
    for place, call in enumerate(told, 1):
        at = now - timedelta(days=call["days"], minutes=place)
        rows.writerow(
            {
                NUMBER: f"{at:%Y%m%d}{place:04}",
                TIME: f"{at:%Y-%m-%d %H:%M:%S}",
                TEXT: call["text"],
                CATEGORY: call["category"],
                AREA: call["area"],
                ANSWERED: "是" if call.get("answered") else "否",
            }
        )
    return paper.getvalue().encode()
