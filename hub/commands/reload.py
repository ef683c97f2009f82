"""`certhub reload`: a running hub takes in changed platforms and a newer catalogue."""

from collections.abc import Sequence

from hub.commands.options import Data, settings_of
from hub.commands.terminal import out, plain
from hub.commands.trouble import CommandFailed
from hub.declarations.live import ReloadReport
from hub.reloading import NotReloaded, ask_to_reload

SHOWN = 10
"""Names shown of many."""


def reload(data: Data = None) -> None:
    """Make the running hub read platforms and catalogue again (重新加载); on an error the old stays."""
    try:
        report = ask_to_reload(settings_of(data).data)
    except NotReloaded as reason:
        raise CommandFailed(str(reason)) from None
    refused = refusals(report)
    changed = changes(report)
    if changed or not refused:
        plain(out(), "\n".join(["reloaded", *changed]) if changed else UNCHANGED)
    if refused:
        raise CommandFailed("\n".join(refused))


UNCHANGED = "reloaded, nothing had changed"


def changes(report: ReloadReport) -> list[str]:
    """What is in force now and was not before."""
    edition = [f'catalogue edition now in force: "{report.edition}"'] if report.edition else []
    return edition + [
        f"{what}: {_some(names)}"
        for what, names in (
            ("platforms changed", report.platforms),
            ("interfaces changed", report.interfaces),
            ("certificate types that wait for a restart", report.restart_for),
        )
        if names
    ]


def refusals(report: ReloadReport) -> list[str]:
    """What could not be taken in, and why."""
    reasons = (
        ("not reloaded, the old set stays in force", report.refused),
        ("the catalogue was not reloaded, the old edition stays in force", report.edition_refused),
    )
    return [f"{what}:\n{why}" for what, why in reasons if why is not None]


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:SHOWN])
    return f"{shown} and {len(names) - SHOWN} more" if len(names) > SHOWN else shown
