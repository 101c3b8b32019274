"""The console's pages, one file a noun: who, read, act, show."""

from pusher.web.pages import audit, batches, confirm, matches, overview, policies, staff

ROUTERS = (
    overview.router,
    policies.router,
    confirm.router,
    matches.router,
    batches.router,
    staff.router,
    audit.router,
)
"""Every router of the console."""
