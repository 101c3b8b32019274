"""The phone screen: what people read, answerable, and nothing that runs."""

from html.parser import HTMLParser

from pusher.sandbox.book import Template
from pusher.sandbox.credentials import FOLLOWER, print_config
from tests.sandbox.signing import PLAIN, send_sms
from tests.sandbox.stand import Stand
from tests.sandbox.tencent_sdk import code
from tests.sandbox.test_wechat_desk import send as send_wechat


class Page(HTMLParser):
    """Tags and visible text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._silent += tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page(stand: Stand, **query: str) -> Page:
    return Page(stand.client.get("/", params=query).text)


def test_an_empty_screen_says_what_it_is_for(stand: Stand) -> None:
    assert "还没有人收到消息" in page(stand).text


def test_the_newest_person_comes_first_and_numbers_are_masked(stand: Stand) -> None:
    for number in ("19900000001", "19900000002", "19900000001"):
        send_sms(stand, PhoneNumbers=number, TemplateCode=PLAIN, TemplateParam=None)

    shown = page(stand)

    assert [each["aria-label"] for each in shown.all("section")] == ["199****0001", "199****0002"]
    assert "1990000000" not in shown.text
    assert shown.text.count("您关注的政策有更新") == 3


def test_one_phone_shows_the_texts_of_both_vendors(stand: Stand) -> None:
    send_sms(stand, TemplateCode=PLAIN, TemplateParam=None)
    code(stand)

    shown = page(stand)

    assert [each["aria-label"] for each in shown.all("section")] == ["199****0001"]
    assert "您关注的政策有更新" in shown.text
    assert "样例居民" in shown.text


def test_the_screen_refreshes_itself_but_not_while_one_answers(stand: Stand) -> None:
    send_sms(stand)

    overview, single = page(stand), page(stand, to="19900000001")

    assert [m.get("content") for m in overview.all("meta") if "http-equiv" in m] == ["5"]
    assert not [m for m in single.all("meta") if "http-equiv" in m]
    assert {"name": "to", "type": "hidden", "value": "19900000001"} in single.all("input")


def test_an_answer_by_the_form_returns_to_the_screen(stand: Stand) -> None:
    send_sms(stand)

    answer = stand.client.post("/_sandbox/replies", data={"to": "19900000001", "text": "满意"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/?to=19900000001")
    assert page(stand, to="19900000001").text.index("满意") < page(
        stand, to="19900000001"
    ).text.index("【")


def test_leaving_by_the_form_shows_on_the_screen(stand: Stand) -> None:
    send_wechat(stand)

    stand.client.post("/_sandbox/replies", data={"to": FOLLOWER, "event": "unsubscribe"})

    shown = page(stand, to=FOLLOWER)
    assert "（未关注）" in shown.text
    assert "取消了关注" in shown.text
    assert "重新关注" in shown.text


def test_nothing_that_was_sent_runs_in_the_browser(stand: Stand) -> None:
    stand.order("templates", provider="aliyun", code="SMS_X", text="${a}")
    send_sms(stand, TemplateCode="SMS_X", TemplateParam='{"a":"<script>alert(1)</script>"}')
    send_wechat(stand, url="javascript:alert(1)")

    answer = stand.client.get("/")
    shown = Page(answer.text)

    assert "<script>alert(1)</script>" in shown.text
    assert shown.all("script") == []
    assert shown.all("a") == []
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_wechat_link_can_be_followed(stand: Stand) -> None:
    send_wechat(stand, url="https://example.invalid/n/1?a=1&b=2")

    [link] = page(stand).all("a")

    assert link == {"href": "https://example.invalid/n/1?a=1&b=2", "rel": "noreferrer"}


def test_every_field_has_a_label(stand: Stand) -> None:
    send_sms(stand)

    shown = page(stand, to="19900000001")

    labelled = {label["for"] for label in shown.all("label")}
    fields = {field["id"] for field in shown.all("input") if field["type"] != "hidden"}
    assert fields == labelled
    assert shown.all("html") == [{"lang": "zh-CN"}]


def test_the_printed_configuration_has_what_the_contract_names() -> None:
    config = print_config()

    assert set(config) == {"aliyun", "tencent", "wechat", "wecom", "yunmas"}
    assert {"corp_id", "secret", "agent_id", "user_ids", "bulk_user_prefix"} <= set(config["wecom"])
    assert {
        "secret_id",
        "secret_key",
        "region",
        "sdk_app_id",
        "sign_name",
        "template_id",
        "template_param_count",
        "plain_template_id",
    } == set(config["tencent"])
    assert {"ec_name", "ap_id", "secret_key", "sign", "template_id"} <= set(config["yunmas"])
    assert {
        "access_key_id",
        "access_key_secret",
        "sign_name",
        "template_code",
        "template_params",
        "plain_template_code",
        "v1_signature",
    } <= set(config["aliyun"])
    assert {
        "appid",
        "secret",
        "openid",
        "unsubscribed_openid",
        "refused_openid",
        "template_id",
        "data",
        "subscribe_template_id",
        "subscribe_data",
    } <= set(config["wechat"])
    assert config["aliyun"]["template_params"] == ["name", "policy", "until"]


def test_a_template_knows_its_variables_in_order() -> None:
    template = Template("aliyun", "X", "${b}与${a}，再说${b}")

    assert template.variables == ("b", "a")
    assert template.filled({"a": "${b}", "b": "乙"}) == "乙与${b}，再说乙"
