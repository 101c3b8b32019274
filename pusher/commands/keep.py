"""Keeping the office: the doctor, backup, restore, upgrade."""

from dataclasses import asdict

import click

from pusher.commands.door import answer, json_option

_MARKS = {"fine": "✓", "note": "·", "wrong": "✗"}


@click.command()
@click.option("--quiet", is_flag=True, help="只列出有问题的")
@json_option
def doctor(quiet: bool, as_json: bool) -> None:
    """体检：每项设置及其来源（不显示密钥），以及有什么不对、该怎么办；有错则退出码为 1。

    \b
    例：pusher doctor --quiet
    """
    from pusher.clock import office_now
    from pusher.keeping.doctor import examine, shown_settings
    from pusher.keeping.finding import Level
    from pusher.settings import survey_settings

    survey = survey_settings()
    settings = shown_settings(survey.settings)
    findings = list(examine(survey, now=office_now(survey.settings.clock_ahead)))
    sound = all(f.level is not Level.WRONG for f in findings)
    shown = [f for f in findings if not quiet or f.level is not Level.FINE]
    answer(
        {
            "ok": sound,
            "settings": [asdict(s) for s in settings],
            "findings": [asdict(f) for f in shown],
        },
        as_json,
        lambda: [
            *(
                []
                if quiet
                else [f"{s.name} = {s.value}  （{s.origin or '默认'}）" for s in settings]
            ),
            *(f"{_MARKS[f.level]} {f.about}：{f.says}" for f in shown),
            "一切正常" if sound else "有需要处理的问题（标 ✗ 的各行）",
        ],
    )
    if not sound:
        raise SystemExit(1)
