"""The command ``pusher``. Light to start: each verb loads what it needs when it is used."""

import os
import sys

import click

from pusher.commands.ask import ask
from pusher.commands.audit import audit
from pusher.commands.batch import batch
from pusher.commands.contact import contact
from pusher.commands.gateway import gateway
from pusher.commands.hold import hold
from pusher.commands.hotline import hotline
from pusher.commands.interpret import interpret, interpretation_plan
from pusher.commands.keep import backup, doctor, restore, upgrade
from pusher.commands.key import key
from pusher.commands.leaflet import leaflet
from pusher.commands.listen import report, visits
from pusher.commands.match import explain, match, recall
from pusher.commands.office import init, staff
from pusher.commands.policy import policy
from pusher.commands.posting import posting
from pusher.commands.privacy import privacy
from pusher.commands.program import program
from pusher.commands.roster import roster
from pusher.commands.run import demo, jobs, sandbox, send, serve, worker
from pusher.commands.speech import speak_chinese
from pusher.commands.supervise import supervise
from pusher.commands.tags import tags
from pusher.commands.topics import topics
from pusher.commands.watch import watch

VERBS = (
    init, demo, serve, jobs, worker, sandbox, staff, roster, contact, policy, watch, tags, explain,
    match, recall, batch, send, hold, gateway, visits, hotline, topics, leaflet, posting, ask,
    report, supervise, audit, privacy, doctor, backup, restore, upgrade, key, program,
)  # fmt: skip


class Story(click.Group):
    """Lists its verbs in the order of a policy's route, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=Story, context_settings={"help_option_names": ["-h", "--help"]})
def pusher() -> None:
    """政策点对点推送：读懂每份政策，找到相关的人，经审核后逐一告知，并听取回音。

    \b
    第一次使用：
      pusher demo                      看一个虚构的城区如何运转
      pusher init --name 单位名称 …    建立自己的数据库与密钥
    """


policy.add_command(interpret)
policy.add_command(interpretation_plan)
for verb in VERBS:
    pusher.add_command(verb)
speak_chinese(pusher)


def main() -> None:
    """Run the command line; an unexpected error is told without a trace."""
    try:
        pusher.main(prog_name="pusher")
    except BrokenPipeError:
        # whoever read our output (head, less) has seen enough; the last flush must not trip again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:  # noqa: BLE001  (an outermost door: a trace could quote a person)
        click.echo(f"错误：程序内部错误（{type(error).__name__}），未保存任何更改", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
