"""Records of firms and people: 首次升规纳统, 新三板挂牌, 流动资金贷款, 突发火灾, 居住证."""

import re
from typing import Any

from pusher.reading.grammar.findings import Family, Rule, Scope, field, has

_APPROVED = re.compile(
    r"(?:获得?|取得|承担)?(?:的)?(?P<level>(?:国家|省|市|区)级?(?:(?:、|和|或|或者)(?:国家|省|市|区)级){0,3})(?P<up>及?以上)?(?:[^，。；、]{0,20}?)(?:项目|计划|专项)?立项"
)
_HARDSHIPS = {"火灾": "fire", "交通事故": "traffic", "意外": "accident", "突发重大疾病": "sudden_illness", "突发重病": "sudden_illness",
              "重大疾病": "sudden_illness", "自然灾害": "disaster", "突然失业": "unemployment", "教育支出": "education",
              "医疗支出": "medical_cost"}  # fmt: skip
_HARDSHIP = re.compile(
    r"(?:(?:因|遭遇|遭受)(?!(?:本人)?患重大疾病)(?:家庭|主要|成员|本人|其|患)*|家庭(?:主要)?成员(?=突发|意外|人身)|(?=子女教育支出|医疗支出突然))(?P<what>(?:(?:火灾|交通事故|意外(?:事件|伤害)?|突发重大疾病|突发重病|重大疾病|自然灾害|突然失业|爆炸|溺水|人身伤害|(?:子女)?教育支出(?:突然)?(?:骤增|过大|增加)|医疗支出(?:突然)?(?:骤增|过大|增加))(?:等)?(?:、|或者?|和)?){1,8})[^，。；]{0,12}"
)
_PERMIT = re.compile(
    r"(?:持有?|办理|取得|领取)(?:有)?(?:[^，。；、]{0,8}?)(?:有效|有效期内)?(?:的)?[《“]?居住证[》”]?(?!明)(?:的)?(?:人员|居民)?"
)


def family() -> Family:
    """Return the family of records."""
    anchors = ("纳统", "入统", "入库", "升规", "升限", "规模以上", "规上", "限额以上", "限上", "统计",
               "立项", "燃油", "汽油", "柴油", "新能源", "教育支出", "医疗支出", "上市", "挂牌", "辅导", "受理", "贷款", "首贷", "因", "遭遇", "突发", "意外", "居住证", "建筑业")  # fmt: skip
    return Family(
        "records", "纳统、上市、贷款和突发困难", anchors,
        (
            Rule(_APPROVED, _approved, "approval",
                 (("获得省级以上科技计划立项", "project_approvals has (level in province,nation)"),
                  ("取得国家级重点研发项目立项", "project_approvals has (level in nation)"))),
            Rule(_HARDSHIP, _hardship, "hardship",
                 (("因火灾、交通事故等意外事件", "hardship_events has (kind in fire,traffic,accident)"),
                  ("遭遇自然灾害", "hardship_events has (kind in disaster)"))),
            Rule(_PERMIT, _permit, "permit",
                 (("持有居住证", "residence_permit has (valid_to on_or_after_as_of None)"),
                  ("办理居住证的人员", "residence_permit has (valid_to on_or_after_as_of None)"))),
        ),
    )  # fmt: skip


def _approved(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    ranks = {"区": "district", "市": "city", "省": "province", "国": "nation"}
    named = [code for word, code in ranks.items() if word in mark["level"]]
    least = list(ranks.values()).index(named[0])
    levels = list(ranks.values())[least:] if mark["up"] else named
    return has("project_approvals", field("level", "in", levels))


def _hardship(mark: re.Match[str], scope: Scope) -> dict[str, Any] | None:
    kinds = [code for word, code in _HARDSHIPS.items() if word in mark["what"]]
    return (
        has("hardship_events", field("kind", "in", list(dict.fromkeys(kinds)))) if kinds else None
    )


def _permit(mark: re.Match[str], scope: Scope) -> dict[str, Any]:
    return has("residence_permit", field("valid_to", "on_or_after_as_of", None))
