"""What a document does to others is read from its own words."""

from pusher.reading.citations import citations
from pusher.reading.documents import read
from pusher.reading.metadata import read_metadata
from tests.reading.pages import NOTICE, page


def cited(title: str, *body: str, number: str = "") -> list[tuple[str, str | None, str | None]]:
    document = read(page(title=title, number=number, body=body).encode(), "a.html")
    told = read_metadata(document)
    found = citations(document, title=told.title, genre=told.genre)
    return [(one.relation, one.title, one.number) for one in found]


def test_an_interpretation_names_what_it_interprets() -> None:
    found = cited(
        "《槐荫区高龄津贴发放办法》政策解读",
        "近日，区民政局印发了《槐荫区高龄津贴发放办法》（槐民发〔2026〕7号），现解读如下：",
        "一、政策背景。根据《中华人民共和国老年人权益保障法》，我区制定了本办法。",
    )

    assert found == [("interprets", "槐荫区高龄津贴发放办法", "槐民发〔2026〕7号")]


def test_what_ends_with_a_new_document_is_named() -> None:
    found = cited(
        "关于发放高龄津贴的通知", NOTICE[0],
        "本办法自2026年3月1日起施行，《旧办法》（槐政发〔2019〕3号）、《又一办法》（槐政发〔2018〕9号）"
        "同时废止。",
        "《槐荫区老年人优待办法》（槐政发〔2017〕1号）继续执行。", number="槐民发〔2026〕7号",
    )  # fmt: skip

    assert found == [
        ("repeals", "旧办法", "槐政发〔2019〕3号"),
        ("repeals", "又一办法", "槐政发〔2018〕9号"),
    ]


def test_a_decision_that_only_repeals_is_understood() -> None:
    found = cited(
        "槐荫区人民政府关于废止《槐荫区旧办法》的决定", "各街道办事处，区政府各部门：",
        "经研究，决定废止《槐荫区旧办法》（槐政发〔2019〕3号）。", number="槐政发〔2026〕1号",
    )  # fmt: skip

    assert found == [("repeals", "槐荫区旧办法", "槐政发〔2019〕3号")]


def test_a_document_that_only_cites_does_nothing_to_others() -> None:
    assert cited("关于发放高龄津贴的通知", *NOTICE, number="槐民发〔2026〕7号") == []
