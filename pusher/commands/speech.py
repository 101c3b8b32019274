"""What click itself says, in Chinese: usage, headings of the help, and what is wrong with a call.

click asks gettext for its sayings, and gettext asks the machine's language for a compiled
catalogue. The office's language is no matter of the machine: the sayings are given to click here.
"""

from collections.abc import Mapping
from typing import Final

import click
from click import core, decorators, exceptions, formatting, parser, termui, types

SAYINGS: Final[Mapping[str, str]] = {
    "Usage:": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Show this message and exit.": "显示这段说明",
    "default: {default}": "默认 {default}",
    "required": "必填",
    "Try '{command} {option}' for help.": "用法见 {command} {option}",
    "Error: {message}": "错误：{message}",
    "Error: invalid input": "请回答 y（是）或 n（否）",
    "Aborted!": "已中止，没有作任何更改",
    "Missing command.": "还缺命令",
    "Missing argument": "缺少",
    "Missing option": "缺少",
    "Missing parameter": "缺少",
    "Missing parameter: {param_name}": "缺少 {param_name}",
    "Choose from:\n\t{choices}": "可选：{choices}",
    "Invalid value: {message}": "{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} {message}",
    "No such option {name!r}.": "没有 {name} 这个选项",
    "No such command {name!r}.": "没有 {name} 这个命令",
    "Did you mean {possibility}?": "是不是 {possibility}？",
    "(Did you mean one of: {possibilities}?)": "是不是 {possibilities} 之一？",
    "Got unexpected extra argument ({args})": "多了参数 {args}",
    "Got unexpected extra arguments ({args})": "多了参数 {args}",
    "Option {name!r} requires an argument.": "选项 {name} 后面缺少内容",
    "Option {name!r} requires {nargs} arguments.": "选项 {name} 后面应有 {nargs} 项",
    "Option {name!r} does not take a value.": "选项 {name} 后面不能带内容",
    "Argument {name!r} takes {nargs} values.": "参数 {name} 应有 {nargs} 项",
    "{value!r} is not {choice}.": "“{value}”不对，应为 {choice}",
    "{value!r} is not one of {choices}.": "“{value}”不对，应为 {choices} 之一",
    "{value!r} is not a valid {number_type}.": "“{value}”不是{number_type}",
    "{value} is not in the range {range}.": "{value} 不在范围内（{range}）",
    "{value!r} is not a valid UUID.": "“{value}”不是有效的编号",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
    "{name} {filename!r} does not exist.": "找不到{name} {filename}",
    "{name} {filename!r} is a file.": "{filename} 是文件，不是文件夹",
    "{name} {filename!r} is a directory.": "{filename} 是文件夹，请给出文件",
    "{name} {filename!r} is not readable.": "无法读取{name} {filename}，请检查权限",
    "{name} {filename!r} is not writable.": "无法写入{name} {filename}，请检查权限",
}
"""Whatever of click's own words a verb of ours can bring to light; the rest stays as it is."""

_KINDS: Final = ((types.STRING, "文字"), (types.INT, "整数"), (types.UUID, "编号"))


def speak_chinese(verb: click.Command) -> None:
    """Let click speak the office's language, whatever the machine's locale is.

    Args:
        verb: the whole command line; what stands for options and verbs in its usage is named.
    """
    for module in (core, decorators, exceptions, formatting, parser, termui, types):
        for name, says in (("_", _say), ("ngettext", _say_many)):
            if hasattr(module, name):
                setattr(module, name, says)
    for kind, called in _KINDS:
        kind.name = called
    for ranged in (click.IntRange, click.FloatRange):
        ranged.name = "数字"
    _name_places(verb)


def _name_places(verb: click.Command) -> None:
    verb.options_metavar = "[选项]"
    if isinstance(verb, click.Group):
        verb.subcommand_metavar = "命令 …"
        for one in verb.commands.values():
            _name_places(one)


def _say(text: str) -> str:
    return SAYINGS.get(text, text)


def _say_many(one: str, many: str, count: int) -> str:
    return _say(one if count == 1 else many)
