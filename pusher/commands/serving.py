"""The processes of console and worker: checked before they open, and logged."""

import socket
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from pusher.commands.door import Door, Misconfigured, Refusal, open_door, settings_here
from pusher.settings import Settings

if TYPE_CHECKING:
    import uvicorn


_ONE_MACHINE = (
    "SQLite 只供一台机器使用，由 pusher jobs 发送；多台机器请改用 PostgreSQL（设置 database_url）"
)


def serve_console(*, host: str | None, port: int | None) -> None:
    """Serve console, public pages and callbacks until SIGTERM or SIGINT.

    Args:
        host: in place of the settings'.
        port: in place of the settings'.

    Raises:
        Misconfigured: the configuration cannot work; each problem is named.
        Refusal: another console runs on this folder, the port is taken, the database is not ready.
    """
    from pusher.keeping.running import AlreadyRunning, door_open, the_only_console
    from pusher.keeping.startup import startup_problems
    from pusher.log import open_log

    settings = settings_here()
    if problems := startup_problems(settings):
        raise Misconfigured(problems)
    host, port = host or settings.host, port or settings.port
    with ExitStack() as held:
        try:
            held.enter_context(door_open(settings.home))
            held.enter_context(the_only_console(settings.home, address=f"{host}:{port}"))
        except AlreadyRunning as error:
            raise Refusal(str(error), code="already_running") from None
        door = held.enter_context(open_door())
        listener = held.enter_context(_listener(host, port))
        held.callback(open_log(settings.log_folder, "console").finish)
        _serve(door, listener)


def run_worker() -> None:
    """Deliver beside others until SIGTERM or SIGINT.

    Raises:
        Misconfigured: the configuration cannot work; each problem is named.
        Refusal: the office is on SQLite, or the database is not ready.
    """
    from pusher.commands.doors import look_at_age, open_ways
    from pusher.keeping.running import AlreadyRunning, door_open
    from pusher.keeping.startup import startup_problems
    from pusher.log import open_log
    from pusher.worker import Worker

    settings = settings_here()
    if settings.database_file is not None:
        raise Refusal(_ONE_MACHINE, code="one_machine", where="database_url")
    if problems := startup_problems(settings):
        raise Misconfigured(problems)
    with ExitStack() as held:
        try:
            held.enter_context(door_open(settings.home))
        except AlreadyRunning as error:
            raise Refusal(str(error), code="already_running") from None
        door = held.enter_context(open_door())
        worker = Worker(door.store, open_ways(settings), settings)
        look_at_age(door)
        held.callback(open_log(settings.log_folder, "worker").finish)
        worker.run()


def _serve(door: Door, listener: socket.socket) -> None:
    import uvicorn

    from pusher.clock import office_now
    from pusher.commands.doors import open_ways
    from pusher.commands.tagger import office_tagger
    from pusher.keeping.epoch import OLDER, check_age
    from pusher.web.app import create_app

    settings: Settings = door.settings
    if check_age(door.store, settings, now=door.now):
        click.echo(OLDER, err=True)
    app = create_app(
        door.store,
        settings,
        open_ways(settings),
        now=lambda: office_now(settings.clock_ahead),
        tagger=lambda: office_tagger(door),
    )
    uvicorn.Server(server_config(app)).run(sockets=[listener])


def server_config(app: Callable[..., Any]) -> "uvicorn.Config":
    """How the console is served: silent on what it runs on, and with no log of addresses."""
    import uvicorn

    return uvicorn.Config(
        app,
        http="h11",
        log_config=None,
        access_log=False,  # addresses carry signed links
        server_header=False,
        proxy_headers=False,  # `pusher.web.place` reads them, and only from our own proxies
        timeout_keep_alive=15,
    )


def _listener(host: str, port: int) -> socket.socket:
    """Listen before anything else is begun, so that a taken port is one clear line."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Refusal(
            f"无法在 {host}:{port} 上监听（{error.strerror}）；"
            "端口可能已被占用，请用 --port 换一个",
            code="port_taken",
        ) from None
    return listener
