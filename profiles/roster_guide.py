"""What whoever fills a register may write: each column, and what stands in a cell of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from profiles.model import ProfileKind
from profiles.roster_columns import IDENTITY, columns_of
from profiles.vocabulary import Fact, Kind

_FIXED: Mapping[str, str] = {
    "证件号码": "18位身份证号；在表格软件里把这一列设为“文本”",
    "统一社会信用代码": "18位；在表格软件里把这一列设为“文本”",
    "街道": "本区街道的名称或9位代码",
    "社区": "社区名称，上门名单按它分",
    "手机号": "11位手机号，一格一个；没有就空着，改由社区上门",
    "微信openid": "在本单位公众号里的 openid；没有就空着",
    "企业微信账号": "联系人在本单位企业微信里的账号（userid）；没有就空着",
    "同意推送": "本人同意接收政策通知的日期；没有同意就空着，不会发送",
    "同意敏感信息": "单独同意用残疾、低保等情况来匹配的日期；没有同意就空着",
    "监护人同意": "监护人同意告知未满14周岁孩子的事的日期",
    "订阅": "关注的标签代码，几项用；隔开，如 M01；M04",
    "订阅节奏": "即时、每日或每周",
    "退订": "短信、微信、企业微信、全部或“主题:代码”，几项用；隔开",
    "数据来源": "哪个部门的哪份台账；登记部门的数据优先于本人自述",
    "数据日期": "这一行数据的日期；以后的优先于以前的",
    "数据有效期至": "过了这一天，这一行的情况当作不知道",
    "监护人证件号码": "监护人或代办家属的身份证号，其本人也要在名册中",
    "监护关系": "如母亲、儿子",
    "监护类型": "监护人或授权家属",
    "监护至": "监护或授权到哪一天为止",
    "迁出日期": "迁出本区的日期；此后不再发送",
}
_BY_KIND: Mapping[Kind, str] = {
    Kind.DATE: "日期，如2026-01-02",
    Kind.BOOL: "是或否",
    Kind.INTEGER: "整数",
    Kind.NUMBER: "数字",
    Kind.AREA: "区划代码（6位或9位）或名称，如腊山街道",
    Kind.INDUSTRY: "国民经济行业代码，2至4位",
    Kind.TEXT: "文字",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a register.

    Attributes:
        name: as it stands in the first row.
        needed: nobody can be told apart without it.
        filled: what a cell may hold, in plain Chinese.
        about: what the column means; empty where the name says it.
    """

    name: str
    needed: bool
    filled: str
    about: str = ""


def guide(kind: ProfileKind) -> Sequence[Column]:
    """Every column that a register of this kind may have, the needed ones first."""
    found = []
    for meaning in columns_of(kind):
        if isinstance(meaning, str):
            found.append(Column(meaning, meaning in IDENTITY[kind], _FIXED.get(meaning, "文字")))
        else:
            about = meaning.meaning.replace("null", "无")
            found.append(Column(meaning.label, False, _filled(meaning), about))
    return found


def _filled(fact: Fact) -> str:
    if fact.kind is Kind.RECORDS:
        parts = "，".join(f"{part.label}=…" for part in fact.fields)
        return f"没有写“无”；有则写“{parts}”，几条用；隔开"
    if fact.kind in (Kind.ENUM, Kind.SET):
        listed = "、".join(choice.label for choice in fact.values)
        if fact.kind is Kind.ENUM:
            return listed
        return f"没有写“无”；有则写其中几项，用、隔开：{listed}"
    unit = f"，单位{fact.unit}" if fact.unit else ""
    return f"{_BY_KIND[fact.kind]}{unit}"
