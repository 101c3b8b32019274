"""Invented pages and texts for the reading tests."""

NOTICE = (
    "各街道办事处，区政府各部门：",
    "为保障高龄老年人生活，根据《济南市老年人优待办法》（济政发〔2019〕12号），现就有关事项通知如下。",
    "一、发放对象。具有槐荫区户籍、年满80周岁的老年人。",
    "二、发放标准。每人每月100元，次月发放。",
    "三、本通知自2026年3月1日起施行，有效期5年。",
    "槐荫区民政局 槐荫区财政局",
    "2026年2月9日",
    "（此件主动公开）",
)
TITLE = "槐荫区民政局 槐荫区财政局关于发放高龄津贴的通知"
NUMBER = "槐民发〔2026〕7号"

_MENU = "".join(f'<li><a href="/c{n}/">栏目{n}</a></li>' for n in range(12))
_FOOT = (
    "<div><p>版权所有：槐荫区人民政府 主办单位：槐荫区人民政府办公室</p>"
    "<p>网站标识码：3701040001 鲁ICP备00000000号</p></div>"
)


def page(
    *,
    title: str = TITLE,
    number: str = NUMBER,
    body: tuple[str, ...] = NOTICE,
    labels: str = "",
    head: str = "",
    paragraph: str = "<p>{}</p>",
) -> str:
    """A page as a government site shows it: menu, labels, text, share line, footer."""
    text = "".join(paragraph.format(line) for line in (number, *body) if line)
    return (
        f"<!doctype html><html><head><meta charset='utf-8'>"
        f"<title>{title} - 槐荫区人民政府网站</title>"
        f"{head}</head><body><div><ul>{_MENU}</ul></div>"
        f"<div>当前位置：<a href='/'>首页</a> &gt; <a href='/zw/'>政务公开</a></div>"
        f"<div><h1>{title}</h1>{labels}<div>发布时间：2026-02-11 浏览次数：15 "
        f"字体：<a>大</a> <a>中</a> <a>小</a></div>"
        f"<div>{text}</div>"
        f"<div>分享到：微信 【打印】【关闭】</div><div><a href='/a.html'>上一篇：别的通知</a></div>"
        f"</div>"
        f"{_FOOT}</body></html>"
    )


LABELS = (
    "<table><tr><td>索 引 号：</td><td>123701044930907524/2026-0000007</td>"
    "<td>主题分类：</td><td>社会福利</td></tr>"
    "<tr><td>发文机关：</td><td>槐荫区民政局</td><td>成文日期：</td><td>2026-02-09</td></tr>"
    "<tr><td>发文字号：</td><td>槐民发〔2026〕7号</td><td>发布日期：</td><td>2026-02-11</td></tr>"
    "<tr><td>有效性：</td><td>有效</td><td>公开方式：</td><td>主动公开</td></tr></table>"
)

INDEX_PAGE = (
    "<html><body><div><ul>"
    + "".join(
        f"<li><a href='/{n}.html'>关于开展第{n}批补贴申报工作的通知</a> 2026-01-{n + 10}</li>"
        for n in range(10)
    )
    + "</ul><div>第一页 1 2 3 下一页</div></div></body></html>"
)


def text_of(*, title: str = TITLE, number: str = NUMBER, body: tuple[str, ...] = NOTICE) -> str:
    """The same document as a plain text."""
    return "\n".join(line for line in (title, number, *body) if line)
