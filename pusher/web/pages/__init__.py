"""The console's pages, one file a noun: who, read, act, show."""

from pusher.web.pages import (
    audit,
    batches,
    confirm,
    gateways,
    holds,
    imports,
    intake,
    matches,
    notices,
    overview,
    phrases,
    policies,
    profiles,
    replies,
    settings,
    sources,
    staff,
    visits,
)

ROUTERS = (
    overview.router,
    gateways.router,
    holds.router,
    intake.router,
    sources.router,
    policies.router,
    confirm.router,
    matches.router,
    phrases.router,
    batches.router,
    visits.router,
    replies.router,
    profiles.router,
    imports.router,
    notices.router,
    staff.router,
    settings.router,
    audit.router,
)
"""Every router of the console."""
