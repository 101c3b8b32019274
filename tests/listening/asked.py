"""Invented worksheets of the hotline, with what each is about, and the policies of the district."""

import csv
import json
import re
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from sqlmodel import Session

from profiles.model import Office
from pusher.clock import OFFICE_ZONE
from pusher.model.policy import Policy, PolicyState
from tests.makers import make_policy

_DISTRICT = files("pusher.demo").joinpath("district")


class Asked(NamedTuple):
    """One worksheet.

    Attributes:
        policy: stem of the file of the policy that it is about, empty for none of ours.
        topic: a letter; what is asked in other words has the same one.
    """

    number: str
    at: datetime
    text: str
    policy: str
    topic: str


def asked(name: str = "hotline_rows.csv") -> list[Asked]:
    """The worksheets in the order in which they came."""
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as sheet:
        return [
            Asked(
                row["工单编号"],
                datetime.fromisoformat(row["来电时间"]).replace(tzinfo=OFFICE_ZONE),
                row["诉求内容"],
                row["应属政策"],
                row["应属话题"],
            )
            for row in csv.DictReader(sheet)
        ]


def district(session: Session, office: Office) -> Mapping[str, Policy]:
    """The twelve policies of the sample district, confirmed, by the stem of their file."""
    found = {}
    for file in sorted(Path(str(_DISTRICT.joinpath("policies"))).iterdir()):
        stem = file.name[:3]
        said = json.loads(_DISTRICT.joinpath(f"rules/{stem}.json").read_text("utf-8"))
        raw = file.read_bytes()
        text = raw.decode("utf-8" if b"utf-8" in raw[:600].lower() else "gb18030", "replace")
        text = raw.decode("utf-8") if file.suffix == ".txt" else text
        lines = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]+>", "", text).splitlines()
        body = [line.strip() for line in lines if len(line.strip()) > 12]
        title = next(line for line in body if "（样例）" in line)
        found[stem] = make_policy(
            session, office, title=title[:300], short_title=said["short_title"],
            tags=said["tags"], body=body, state=PolicyState.CONFIRMED,
        )  # fmt: skip
    return found
