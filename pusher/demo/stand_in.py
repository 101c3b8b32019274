"""The stand-in vendors, told which templates this office registered and whom to call back."""

from pathlib import Path

from profiles.sealing import BadKeyFile, open_sealer
from pusher.demo.furnish import OFFICE, code_with
from pusher.sandbox.app import create_app
from pusher.sandbox.book import Template, TemplateBook
from pusher.sandbox.serve import serve
from pusher.sending.wording import GATEWAYS, as_registered, registered
from pusher.web.callbacks import callback_addresses


def template_book(
    *, signature: str = OFFICE["signature"], phone: str | None = None
) -> TemplateBook:
    """What the product's own templates look like in the vendors' books.

    Args:
        signature: of the office that rehearses.
        phone: its telephone, a fixed word of its templates; None: the sample office's.
    """
    return TemplateBook(
        [
            Template(name, code_with(name, r.code), as_registered(r.text, name))
            for r in registered(phone)
            for name in GATEWAYS[r.channel]
        ],
        signs=[OFFICE["signature"], signature],
    )


def serve_stand_in(
    *,
    port: int,
    journal: Path,
    callbacks: str | None,
    key_file: Path,
    book: TemplateBook | None = None,
) -> None:
    """Serve the stand-in until a signal comes.

    Args:
        book: what is registered with it; None: the sample office's templates.
        port: of the loopback address.
        journal: where accepted texts are kept before they are answered.
        callbacks: the console's address for receipts and replies; None: nobody is called.
        key_file: the office's keys, from which the secret of its callbacks is made.
    """
    addresses = {}
    if callbacks:
        try:
            addresses = callback_addresses(callbacks, open_sealer(key_file))
        except BadKeyFile:
            addresses = {}  # no office here: whoever calls the stand-in gets no receipts
    journal.parent.mkdir(parents=True, exist_ok=True)
    serve(create_app(book or template_book(), journal, addresses), port=port)
