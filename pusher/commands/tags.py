"""Tags: train, predict and measure a model of any label set; teach the office's own."""

import json
from pathlib import Path
from typing import Any

import click

from pusher.commands.door import Refusal, answer, json_option, open_door, read_bytes
from pusher.commands.written import written


@click.group()
def tags() -> None:
    """主题标签：训练、预测、评估；用已确认的政策教会本单位的模型。"""


@tags.command("train")
@click.argument("file", metavar="文件")
@click.option("--model", required=True, metavar="文件夹", help="模型写到哪里")
def train(file: str, model: str) -> None:
    """用逐行 JSON 训练：{"id","title","text","labels":[…]}，标签任意。

    \b
    例：pusher tags train 训练.jsonl --model 模型
    """
    from pusher.reading.train import train as learn

    learn(read_lines(file, "labels"), Path(model))
    click.echo(f"模型已写入 {model}", err=True)


@tags.command("predict")
@click.argument("file", metavar="文件")
@click.option("--model", required=True, metavar="文件夹", help="模型所在")
@click.option("--out", required=True, metavar="文件", help="结果写到哪里（JSON 行）")
def predict(file: str, model: str, out: str) -> None:
    """预测标签，从最像的排起，每个附上说明它的词。

    \b
    例：pusher tags predict 待标.jsonl --model 模型 --out 结果.jsonl
    """
    from pusher.reading.train import predict as guess

    # opened last: a model or a line that cannot be read leaves no half sheet behind
    lines = [
        json.dumps(found, ensure_ascii=False) for found in guess(read_lines(file), _model(model))
    ]
    with written(out) as sheet:
        sheet.writelines(f"{line}\n" for line in lines)


@tags.command("evaluate")
@click.argument("file", metavar="文件")
@click.option("--model", required=True, metavar="文件夹", help="模型所在")
@json_option
def evaluate(file: str, model: str, as_json: bool) -> None:
    """在带标签的数据上评估：准确率、宏平均 F1、分标签、分数是否可信。

    \b
    例：pusher tags evaluate 测试.jsonl --model 模型 --json
    """
    from pusher.reading.train import evaluate as measure

    found: dict[str, Any] = measure(read_lines(file, "labels"), _model(model))
    answer(
        found,
        as_json,
        lambda: [f"准确率 {found['accuracy']:.1%}，宏平均 F1 {found['macro_f1']:.1%}"],
    )


@tags.command("teach")
@json_option
def teach(as_json: bool) -> None:
    """用已确认的政策重新训练本单位的标签模型。

    \b
    例：pusher tags teach
    """
    from pusher.commands.tagger import teach_office

    with open_door() as door:
        examples = teach_office(door)
    answer({"examples": examples}, as_json, lambda: [f"已用 {examples} 份已确认的政策更新模型"])


def read_lines(file: str, *needed: str) -> list[dict[str, Any]]:
    """Read JSON lines, each an object with id, text and *needed*.

    Raises:
        Refusal: names the first line that is not so.
    """
    rows = []
    try:
        text = read_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(f"{file} 不是 UTF-8", code="encoding", where=file) from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            rows.append(_row(file, number, line, needed))
    if not rows:
        raise Refusal(f"{file} 中没有数据", code="empty", where=file)
    return rows


def _row(file: str, number: int, line: str, needed: tuple[str, ...]) -> dict[str, Any]:
    where = f"第 {number} 行"
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise Refusal(f"{file} {where}不是 JSON", code="bad_json", where=where) from None
    if not isinstance(row, dict):
        raise Refusal(f"{file} {where}应是一个 JSON 对象", code="bad_json", where=where)
    for key in ("id", "text", *needed):
        if key not in row:
            raise Refusal(f"{file} {where}缺少“{key}”", code="missing", where=where)
    return row


def _model(folder: str) -> Path:
    if not Path(folder).is_dir():
        raise Refusal(f"找不到模型文件夹 {folder}；请先运行 pusher tags train", code="no_model")
    return Path(folder)
