"""The demo's processes: started together, stopped together, none left behind."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from urllib.error import URLError
from urllib.request import urlopen

# an old office machine under load needs most of a minute to load numpy three times over
READY_WITHIN_S = 180.0


class PortTaken(Exception):
    """Something else listens there already. The text may be shown."""


class ChildDied(Exception):
    """A process of the demo ended by itself. The text may be shown."""


def check_free(*ports: int) -> None:
    """Make sure that nobody listens on *ports*.

    Raises:
        PortTaken: names the first that is taken.
    """
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise PortTaken(f"端口 {port} 已被占用；请用 --port 换一个") from None


@contextlib.contextmanager
def children(
    commands: Mapping[str, Sequence[str]], environ: Mapping[str, str]
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Run *commands* (arguments of this Python) until the block ends; then stop them all."""
    running = {
        name: subprocess.Popen([sys.executable, *arguments], env=dict(environ))  # noqa: S603
        for name, arguments in commands.items()
    }
    try:
        yield running
    finally:
        for child in running.values():
            child.terminate()
        for child in running.values():
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def wait_for(address: str, running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Wait until *address* answers.

    Raises:
        ChildDied: a process ended before it did, or it took longer than three minutes.
    """
    end = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end:
        check_alive(running)
        with contextlib.suppress(URLError, OSError), urlopen(address, timeout=2):  # noqa: S310
            return
        time.sleep(0.1)
    raise ChildDied(f"{address} 三分钟内没有应答；请看上面的提示，或关掉其他程序后再试")


def check_alive(running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Make sure that all still run.

    Raises:
        ChildDied: names the one that ended.
    """
    for name, child in running.items():
        if child.poll() is not None:
            raise ChildDied(f"{name} 意外停止（退出码 {child.returncode}）")
