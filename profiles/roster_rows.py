"""One row of a register becomes what it says of one person or firm; each bad cell is told of."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from profiles.addresses import read_address
from profiles.ages import ADULT, birthday, is_under
from profiles.facts import BadValue, Fact, is_blank, read_cell, vocabulary
from profiles.identity import (
    BadIdentity,
    birth_date_of,
    read_resident_number,
    read_uscc,
    sex_of,
)
from profiles.model import Channel, ConsentScope, GuardianKind, Pace, ProfileKind
from profiles.roster_columns import IDENTITY, Header
from profiles.roster_entry import Entry, GuardianCells
from profiles.roster_lines import Line, Rejected, squeezed

OLDEST = 130
LONGEST_NAME = {ProfileKind.RESIDENT: 64, ProfileKind.ENTERPRISE: 120}
LONGEST_PLACE = 60
CONSENTS = {
    "同意推送": ConsentScope.GENERAL,
    "同意敏感信息": ConsentScope.SENSITIVE,
    "监护人同意": ConsentScope.MINOR,
}
CHANNELS = {
    "手机号": Channel.SMS,
    "微信openid": Channel.WECHAT,
    "企业微信账号": Channel.WECOM,
}
"""Columns of addresses."""
_SILENCES = {
    "短信": Channel.SMS,
    "微信": Channel.WECHAT,
    "企业微信": Channel.WECOM,
    "全部": None,
}
_PACES = {"即时": Pace.AT_ONCE, "每日": Pace.DAILY, "每周": Pace.WEEKLY}
_RIGHTS = {"监护人": GuardianKind.GUARDIAN, "授权家属": GuardianKind.AGENT}
_TAG = re.compile(r"[A-Z0-9_-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the rows of one register.

    Attributes:
        streets: bare name or code of each street of the office to its code.
        street_names: for staff.
        tags: codes that may be followed; None: any that is well formed.
        source: what a row without 数据来源 names.
        today: the office's day.
        rejected: grows with every cell or row that is left out.
    """

    header: Header
    kind: ProfileKind
    streets: Mapping[str, str]
    street_names: str
    tags: Collection[str] | None
    source: str
    today: date
    rejected: list[Rejected]

    def read(self, line: Line) -> Entry | None:
        """What the row says, or None if it cannot be told whom it is about."""
        line = self._filled_up(line)
        if len(line.cells) < self.header.width or any(line.cells[self.header.width :]):
            self._reject(
                line.row,
                "",
                "ragged",
                f"这一行有{len(line.cells)}格，表头有{self.header.width}格，请检查是否错位",
            )
            return None
        row = _Row(self, line)
        entry = row.identity()
        if entry is not None:
            row.fill(entry)
        return entry

    def _filled_up(self, line: Line) -> Line:
        """A workbook keeps nothing of blank cells; text without them has lost its place."""
        missing = self.header.width - len(line.cells)
        return replace(line, cells=line.cells + [""] * missing) if line.whole else line

    def _reject(self, row: int, column: str, code: str, reason: str) -> None:
        self.rejected.append(Rejected(row, column, code, reason))


class _Row:
    """One row while it is read."""

    def __init__(self, reader: Reader, line: Line) -> None:
        self._reader = reader
        self._line = line
        self._places = reader.header.places

    def _cell(self, column: str) -> str:
        """What stands there; empty if nothing does or the column is missing."""
        place = self._places.get(column)
        text = "" if place is None else self._line.cells[place]
        return "" if is_blank(text) else text

    def _reject(self, column: str, code: str, reason: str) -> None:
        self._reader.rejected.append(Rejected(self._line.row, column, code, reason))

    def identity(self) -> Entry | None:
        """The entry with name and number; None (and told of) if either is wrong."""
        kind, today = self._reader.kind, self._reader.today
        of_name, of_number = IDENTITY[kind]
        name = " ".join(self._cell(of_name).split())
        try:
            number = _NUMBERS[kind](self._cell(of_number))
            born = birth_date_of(number) if kind is ProfileKind.RESIDENT else None
            if born and not born <= today < birthday(born, OLDEST):
                raise BadIdentity("wrong_birth_date", "证件号码中的出生日期不合理，请核对")
        except BadIdentity as wrong:
            self._reject(of_number, wrong.code, f"{wrong}；这一行没有导入")
            return None
        if not name or len(name) > LONGEST_NAME[kind]:
            code = "too_long" if name else "blank"
            most = LONGEST_NAME[kind]
            self._reject(of_name, code, f"“{of_name}”应为1至{most}个字；这一行没有导入")
            return None
        return Entry(self._line.row, name, number, self._reader.source, today, born=born)

    def fill(self, entry: Entry) -> None:
        """Everything else the row says."""
        self._tell_of(self._line.cleaned, "cleaned", "有看不见的字符，已去掉后采用")
        self._tell_of(self._line.broken, "formula", "公式出错，这一格没有采用；请填写结果")
        self._read_source(entry)
        self._read_place(entry)
        self._read_facts(entry)
        self._read_addresses(entry)
        self._read_consents(entry)
        self._read_wishes(entry)
        if self._reader.kind is ProfileKind.RESIDENT:
            self._read_guardian(entry)
            self._read_moved_out(entry)

    def _tell_of(self, places: Sequence[int], code: str, reason: str) -> None:
        if not places:
            return
        names = {place: name for name, place in self._places.items()}
        names |= {place: name for place, name, _ in self._reader.header.facts}
        for place in places:
            if place in names:
                self._reject(names[place], code, reason)

    def _read_source(self, entry: Entry) -> None:
        source = self._short("数据来源", LONGEST_PLACE)
        if source:
            entry.source = source
        day = self._day("数据日期", until_today=True)
        if day:
            entry.known_on, entry.dated = day, True
        entry.valid_until = self._day("数据有效期至")

    def _read_place(self, entry: Entry) -> None:
        street = self._cell("街道")
        entry.street_code = self._reader.streets.get(bare_street(street))
        if street and entry.street_code is None:
            names = self._reader.street_names
            self._reject("街道", "not_a_street", f"不是本区的街道；应为下列之一：{names}")
        entry.community = self._short("社区", LONGEST_PLACE) or None

    def _read_facts(self, entry: Entry) -> None:
        for place, column, fact in self._reader.header.facts:
            text = self._line.cells[place]
            if is_blank(text):
                continue
            try:
                entry.facts[fact.code] = self._fact(fact, text)
                entry.labels[fact.code] = column
            except BadValue as wrong:
                self._reject(column, wrong.code, str(wrong))
        if self._reader.kind is ProfileKind.ENTERPRISE:
            entry.facts["entity_name"] = entry.name
        else:
            self._derive(entry)

    def _fact(self, fact: Fact, text: str) -> object:
        value = read_cell(fact, text)
        never_later = fact.code in ("birth_date", "deceased_on") and isinstance(value, str)
        if never_later and str(value) > self._reader.today.isoformat():
            raise BadValue(fact.code, "future", f"“{fact.label}”晚于今天，请核对")
        return value

    def _derive(self, entry: Entry) -> None:
        told = {"birth_date": birth_date_of(entry.number).isoformat(), "sex": sex_of(entry.number)}
        for code, value in told.items():
            said = entry.facts.get(code)
            if said is not None and said != value:
                reason = "与证件号码中的不一致，已按这一格采用，请核对"
                self._reject(entry.labels[code], "unlike_number", reason)
        entry.derived = [code for code in told if entry.facts.get(code) is None]
        entry.facts |= {code: told[code] for code in entry.derived}
        entry.born = date.fromisoformat(entry.facts["birth_date"])

    def _read_addresses(self, entry: Entry) -> None:
        child = is_under(ADULT, entry.born, self._reader.today)
        for column, channel in CHANNELS.items():
            text = self._cell(column)
            if not text:
                continue
            if child:
                reason = "未成年人不直接接收通知，这一格没有采用；请登记监护人并填监护人的联系方式"
                self._reject(column, "child", reason)
                continue
            try:
                entry.addresses[channel] = read_address(channel, text)
            except BadIdentity as wrong:
                self._reject(column, wrong.code, str(wrong))

    def _read_consents(self, entry: Entry) -> None:
        for column, scope in CONSENTS.items():
            day = self._day(column, until_today=True)
            if day is None:
                continue
            if scope is ConsentScope.MINOR and not is_under(ADULT, entry.born, self._reader.today):
                self._reject(column, "not_a_child", "只用于未成年人，这一格没有采用")
                continue
            entry.consents[scope] = day

    def _read_wishes(self, entry: Entry) -> None:
        entry.tags = [tag for word in self._words("订阅") if (tag := self._tag("订阅", word))]
        pace = squeezed(self._cell("订阅节奏"))
        entry.pace = _PACES.get(pace, Pace.DAILY)
        if pace and pace not in _PACES:
            self._reject("订阅节奏", "not_listed", "“订阅节奏”应为即时、每日或每周；已按每日")
        for word in self._words("退订"):
            silence = self._silence(word)
            if silence:
                entry.silences.append(silence)

    def _silence(self, word: str) -> tuple[Channel | None, str | None] | None:
        if word in _SILENCES:
            return _SILENCES[word], None
        name, _, code = word.partition(":")
        # A topic that is not on our list is silenced too: it does no harm, and says what was meant.
        if name == "主题" and _TAG.fullmatch(code.upper()):
            return None, code.upper()
        reason = "“退订”应为短信、微信、企业微信、全部或“主题:代码”，几项用；隔开"
        self._reject("退订", "not_listed", reason)
        return None

    def _tag(self, column: str, word: str) -> str | None:
        code, known = word.upper(), self._reader.tags
        if _TAG.fullmatch(code) and (known is None or code in known):
            return code
        self._reject(column, "unknown_tag", "有不认识的主题代码，其余照收；应如 M01，几项用；隔开")
        return None

    def _words(self, column: str) -> list[str]:
        words = re.split(r"[;,、]", squeezed(self._cell(column)))
        return list(dict.fromkeys(word for word in words if word))

    def _read_guardian(self, entry: Entry) -> None:
        number = self._cell("监护人证件号码")
        child = is_under(ADULT, entry.born, self._reader.today)
        if not number:
            rest = any(map(self._cell, ("监护关系", "监护类型", "监护至")))
            if rest and not child:
                self._reject("监护人证件号码", "blank", "填了监护关系却没有监护人证件号码")
            return
        try:
            number = read_resident_number(number)
        except BadIdentity as wrong:
            self._reject("监护人证件号码", wrong.code, str(wrong))
            return
        kind = self._right(child=child)
        if kind is None:
            return
        relation = self._short("监护关系", 20)
        entry.guardian = GuardianCells(number, kind, relation, self._day("监护至"))

    def _right(self, *, child: bool) -> GuardianKind | None:
        word = squeezed(self._cell("监护类型"))
        if word and word not in _RIGHTS:
            self._reject("监护类型", "not_listed", "“监护类型”应为监护人或授权家属")
            return None
        if not child:
            # GUARDIAN is a child's and ends at 18; the guardian of an adult is another's
            # (Civil Code art. 28)
            adult = word and _RIGHTS[word] is GuardianKind.GUARDIAN
            return GuardianKind.ADULT_GUARDIAN if adult else GuardianKind.AGENT
        if word and _RIGHTS[word] is not GuardianKind.GUARDIAN:
            reason = "未成年人应填“监护人”；这一行的监护关系没有采用"
            self._reject("监护类型", "not_listed", reason)
            return None
        return GuardianKind.GUARDIAN

    def _read_moved_out(self, entry: Entry) -> None:
        text = self._cell("迁出日期")
        if squeezed(text) == "无":
            entry.moved_out = False
        elif text:
            entry.moved_out = self._day("迁出日期")

    def _short(self, column: str, most: int) -> str:
        text = " ".join(self._cell(column).split())
        if len(text) <= most:
            return text
        self._reject(column, "too_long", f"“{column}”超过{most}个字，没有采用")
        return ""

    def _day(self, column: str, *, until_today: bool = False) -> date | None:
        text = self._cell(column)
        if not text:
            return None
        try:
            value = read_cell(_day_named(column), text)
        except BadValue as wrong:
            self._reject(column, wrong.code, str(wrong))
            return None
        day = date.fromisoformat(value) if isinstance(value, str) else None
        if day and until_today and day > self._reader.today:
            self._reject(column, "future", f"“{column}”晚于今天，没有采用")
            return None
        return day


_NUMBERS: Mapping[ProfileKind, Callable[[str], str]] = {
    ProfileKind.RESIDENT: read_resident_number,
    ProfileKind.ENTERPRISE: read_uscc,
}


@cache
def _day_named(column: str) -> Fact:
    """A fact that is a day, so that days of all columns are read alike."""
    return replace(vocabulary()["birth_date"], code=column, label=column)


def bare_street(name: str) -> str:
    """The name of a street without what may stand or be missing: 腊山 for 腊山街道办事处."""
    bare = squeezed(name).removesuffix("办事处").removesuffix("办")
    return bare.removesuffix("街道") or bare
