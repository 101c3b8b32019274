"""Processes that a test may kill: forked by a server that has loaded the product once.

A process of its own in everything but its start, which else costs a second of computing.
"""

import multiprocessing

_LOADED = (
    "tests.clockwork.rehearsal",
    "tests.keeping.offices",
    # what a clockwork loads when it first needs it
    "apscheduler.jobstores.memory",
    "apscheduler.schedulers.background",
    "pusher.clockwork",
    "pusher.commands.serving",
    "pusher.gateways.aliyun",
    "pusher.gateways.post",
    "pusher.gateways.registry",
    "pusher.gateways.wechat",
    "pusher.keeping.epoch",
    "pusher.keeping.explain",
    "pusher.keeping.running",
    "pusher.keeping.startup",
    "pusher.listening.receipts",
    "pusher.log",
    "pusher.matching.index",
    "pusher.matching.recall",
    "pusher.model.all",
    "pusher.privacy.forget",
    "pusher.privacy.retention",
    "pusher.sending.deliver",
    "pusher.sending.rescue",
    "pusher.worker",
    "pusher.keeping.restore",
    "pusher.privacy.rotate",
)
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(list(_LOADED))
