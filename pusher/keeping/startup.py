"""Before a door opens: a configuration that cannot work is refused, one line for each problem."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from pusher.gateways.registry import BadGatewayTable, open_gateways
from pusher.keeping.finding import Finding, fine, note, wrong, wrongs
from pusher.keeping.folder import look_at_folder
from pusher.settings import Settings


def startup_problems(settings: Settings) -> list[str]:
    """Everything for which console and clockwork refuse to start; empty when they may."""
    return [*wrongs(look_at_folder(settings)), *wrongs(look_at_gateways(settings))]


def look_at_gateways(
    settings: Settings, *, book: Mapping[str, Sequence[str]] | None = None
) -> Iterator[Finding]:
    """Each gateway's table: complete, and nothing in it misspelt.

    Args:
        book: channel → keys of the templates that an office registers; None: not looked at.
    """
    if not settings.gateways:
        yield note("通道", "没有设置任何通道（[gateways.…]），通知只能走上门名单")
    patience = timedelta(seconds=settings.call_timeout_s)
    for name, table in settings.gateways.items():
        try:
            (gateway,) = open_gateways({name: table}, call_timeout=patience).values()
        except BadGatewayTable as error:
            yield wrong("通道", str(error))
            continue
        yield fine("通道", f"{name}（{gateway.channel}）")
        if table.get("free_text") is True:
            continue  # handed whole texts: nothing is registered
        codes = table.get("templates")
        missing = [
            key for key in (book or {}).get(gateway.channel, ()) if not (codes or {}).get(key)
        ]
        if not codes:
            yield note("通道", f"[gateways.{name}.templates] 为空；填入报备过的模板编号后才能发送")
        elif missing:
            yield note(
                "通道",
                f"[gateways.{name}.templates] 还缺 {len(missing)} 个模板的编号"
                f"（{'、'.join(missing[:3])}{'等' if len(missing) > 3 else ''}）；"
                "用到它们的通知不走这个通道",
            )
