"""`certhub reload`: a running hub takes in changed platforms and a newer catalogue."""

from hub.commands.options import Data, settings_of
from hub.commands.terminal import out, plain
from hub.commands.trouble import CommandFailed
from hub.declarations.live import ReloadReport
from hub.reloading import NotRunning, ask_to_reload


def reload(data: Data = None) -> None:
    """Make the running hub read its platforms again (重新加载): all of them, or none on an error."""
    try:
        report = ask_to_reload(settings_of(data).data)
    except NotRunning as reason:
        raise CommandFailed(str(reason)) from None
    if not report.taken:
        raise CommandFailed(f"not reloaded, the old set stays in force:\n{report.refused}")
    plain(out(), told(report))


def told(report: ReloadReport) -> str:
    """What a reload did, in words."""
    lines = [
        f"{what}: {', '.join(names)}"
        for what, names in (
            ("platforms changed", report.platforms),
            ("interfaces changed", report.interfaces),
            ("certificate types that wait for a restart", report.restart_for),
        )
        if names
    ]
    return "\n".join(["reloaded", *lines]) if lines else "reloaded, nothing had changed"
