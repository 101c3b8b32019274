"""Texts inside the XML that WeChat and WeCom push."""

from __future__ import annotations


def cdata(text: str) -> str:
    """Return *text* as a CDATA section, or several where its end stands in it."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
