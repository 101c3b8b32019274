"""One invented notice on a dozen invented sites: old, new, careless, crowded."""

from tests.reading.pages import NOTICE, NUMBER, TITLE

_LINES = "".join(f"<p>　　{line}</p>" for line in NOTICE)
_HOT = "".join(
    f'<li><a href="/hot/{n}.html">区里召开第{n}次会议，研究部署养老、就业、助企等重点工作</a></li>'
    for n in range(12)
)
_FOOT = (
    "<div>版权所有：某某区人民政府　备案号：鲁ICP备00000000号　网站标识码：3701000000</div>"
    "<div>联系我们 | 网站地图 | 隐私声明</div>"
)


def _page(inside: str, title: str = TITLE, head: str = "") -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{inside}{_FOOT}</body></html>"
    )


SITES = {
    "labels in a table without colons": _page(
        "<table><tr><th>索引号</th><td>11370104MB000000/2026-00007</td><th>发文字号</th>"
        f"<td>{NUMBER}</td></tr><tr><th>发文机关</th><td>槐荫区民政局、槐荫区财政局</td>"
        "<th>成文日期</th><td>2026年2月9日</td></tr><tr><th>发布日期</th><td>2026-02-11</td>"
        f"<th>有效性</th><td>有效</td></tr></table><h1>{TITLE}</h1><div class=a>{_LINES}</div>"
    ),
    "labels over their values": _page(
        f"<h1>{TITLE}</h1><table><tr><td>索引号</td><td>发文字号</td><td>发布日期</td></tr>"
        f"<tr><td>11370104MB000000/2026-00007</td><td>{NUMBER}</td><td>2026-02-11</td></tr></table>"
        f"<div>{_LINES}</div>"
    ),
    "labels in a list": _page(
        "<ul><li><b>索 引 号：</b>11370104MB000000/2026-00007</li>"
        f"<li><b>文　　号：</b>{NUMBER}</li>"
        f"<li><b>发布日期：</b>2026-02-11</li></ul><h3>{TITLE}</h3><div>{_LINES}</div>",
        f"{TITLE}_某某区人民政府",
    ),
    "labels in a definition list": _page(
        f"<dl><dt>发文字号</dt><dd>{NUMBER}</dd><dt>发布日期</dt><dd>2026-02-11</dd></dl>"
        f"<div><h2>{TITLE}</h2>{_LINES}</div>",
        "某某区人民政府门户网站 - 政策文件",
    ),
    "labels glued to their values": _page(
        f"<div><span>发文字号</span><span>{NUMBER}</span></div><div><span>发布日期</span>"
        f"<span>2026-02-11</span></div><h1>{TITLE}</h1><div>{_LINES}</div>",
        f"{TITLE}|某某区民政局",
    ),
    "one block with line breaks": _page(
        f"<div align=center><b>{TITLE}</b></div><div align=center>{NUMBER}</div><div>发布时间："
        "2026-02-11　来源：区民政局　【字体：大 中 小】</div><div>"
        + "<br><br>".join(f"&nbsp;&nbsp;&nbsp;&nbsp;{line}" for line in NOTICE)
        + "</div>"
    ),
    "a page laid out with old tables": _page(
        "<table width=1000><tr><td><table><tr>"
        + "".join(f"<td><a href=/{n}>栏目{n}</a></td>" for n in range(9))
        + "</tr></table></td></tr><tr><td>您的位置：<a href=/>首页</a> &gt; "
        "<a href=/a>公告</a></td></tr>"
        f"<tr><td><table><tr><td width=200><table><tr><td>热点</td></tr>{_HOT}</table></td><td>"
        f"<table><tr><td align=center><font size=5>{TITLE}</font></td></tr><tr><td align=center>"
        f"{NUMBER}</td></tr><tr><td align=center>2026-02-11　阅读次数：188</td></tr>"
        f"<tr><td>{_LINES}</td></tr></table></td></tr></table></td></tr></table>",
        "某某区民政局",
    ),
    "news lists on both sides": _page(
        f"<div><div><ul>{_HOT}</ul></div><div><h1>{TITLE}</h1><p>发布日期：2026-02-11</p>"
        f"<div><p>{NUMBER}</p>{_LINES}</div></div><div><h3>热点要闻</h3><ul>{_HOT}</ul></div></div>",
        f"{TITLE} - 某某区人民政府门户网站",
    ),
    "declared as the guide prescribes": _page(
        f"<div><div>{TITLE}</div><div>{NUMBER}</div>{_LINES}</div>",
        "政府文件 - 某某区人民政府门户网站",
        f'<meta name="ArticleTitle" content="{TITLE}">'
        '<meta name="PubDate" content="2026-02-11 09:00">'
        '<meta name="ContentSource" content="区民政局">'
        '<meta name="SiteName" content="某某区人民政府">',
    ),
    "a title on two lines and nothing else to tell": _page(
        f"<div><p align=center>{TITLE[:13]}</p><p align=center>{TITLE[13:]}</p><p align=center>"
        f"{NUMBER}</p>{_LINES}<p>发布日期：2026-02-11</p></div>",
        "文件详情",
    ),
    "bars, buttons and a reader": _page(
        f"<h1>{TITLE}</h1><div>【发布日期】：2026-02-11</div><div>语音播报 朗读 暂停</div><div>"
        f"分享：<a>微信</a><a>微博</a></div>"
        f"<div><p style='text-align:center'>{NUMBER}</p>{_LINES}</div>"
        "<div>扫一扫在手机打开当前页</div><div>上一篇：<a href=/1>关于某事的通知</a></div>"
        "<div>相关解读</div><ul><li><a href=/j>《通知》政策解读</a></li></ul>"
        "<div>附件下载：<a href=/f/1.doc>申请表.doc</a></div>",
        f"{TITLE}-某某区民政局-部门文件",
    ),
    "a reading for apps": _page(
        f"<section><section><h1>{TITLE}</h1></section><section><em>某某发布</em> <em>2026-02-11"
        " 18:00</em></section><section>"
        + "".join(f"<section><span>{line}</span></section>" for line in (NUMBER, *NOTICE))
        + "</section></section><section>阅读 1024　在看　赞</section>"
    ),
}
"""What the page is like → its source."""
