"""Outcomes as the commands ask for them, read and show them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from textwrap import dedent

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hub.commands.asking import Document

OUTCOME = """
    __typename
    type { name title titleZh }
    ... on Found {
      source { name }
      certificate { attributes { label labelZh value } }
      disclosure { withheld }
    }
    ... on NotHeld { next }
    ... on Unavailable { next silent { name } }
    ... on Denied { rule article remedy }
    trail { source { name } tier said reason took reused }
    record
"""
LOOKUP = dedent(f"""\
query Lookup($type: ID!, $subject: SubjectInput!, $purpose: PurposeInput!) {{
  certificate(type: $type, subject: $subject, purpose: $purpose) {{{OUTCOME}  }}
}}
""")
DOSSIER = dedent(f"""\
query Dossier($subject: SubjectInput!, $purpose: PurposeInput!) {{
  dossier(subject: $subject, purpose: $purpose) {{
    complete
    item {{ code name }}
    entries {{ outcome {{{OUTCOME}    }} }}
  }}
}}
""")
COLOURS = {
    "Found": "green",
    "Pending": "cyan",
    "NotHeld": "yellow",
    "Unavailable": "red",
    "Denied": "magenta",
}
TITLES = {
    "Found": "found 已查到",
    "Pending": "pending 核实中",
    "NotHeld": "not held anywhere 未查到",
    "Unavailable": "unavailable 暂不可用",
    "Denied": "denied 不予查询",
}


@dataclass(frozen=True, slots=True)
class Tried:
    """One line of a trail."""

    source: str
    tier: str
    said: str
    reason: str
    took: float
    reused: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """An outcome as it came over the wire; `lines` are what it says, as label and text."""

    kind: str
    certificate: str
    title: str
    source: str
    record: str
    lines: tuple[tuple[str, str], ...] = field(repr=False)
    trail: tuple[Tried, ...]
    next: tuple[str, ...]
    article: str

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """Who was asked and what each said, in order."""
        return tuple((tried.source, tried.said) for tried in self.trail)


def read_outcome(given: Document) -> Shown:
    """The outcome in an answer to `LOOKUP` or in an entry of `DOSSIER`."""
    return Shown(
        kind=given["__typename"],
        certificate=given["type"]["name"],
        title=f"{given['type']['title']} {given['type']['titleZh']}",
        source=given.get("source", {}).get("name", ""),
        record=given["record"],
        lines=tuple(_lines(given)),
        trail=tuple(_tried(attempt) for attempt in given["trail"]),
        next=tuple(given.get("next", ())),
        article=given.get("article", ""),
    )


def _tried(given: Document) -> Tried:
    return Tried(
        given["source"]["name"],
        given["tier"],
        given["said"],
        given["reason"] or "",
        float(given["took"]),
        given["reused"],
    )


def _lines(given: Document) -> Iterable[tuple[str, str]]:
    for attribute in given.get("certificate", {}).get("attributes", ()):
        yield f"{attribute['labelZh']} {attribute['label']}", attribute["value"] or "—"
    if withheld := given.get("disclosure", {}).get("withheld"):
        yield "未授权 withheld", ", ".join(withheld)
    if silent := given.get("silent"):
        yield "未应答 silent", ", ".join(source["name"] for source in silent)
    if steps := given.get("next"):
        yield "下一步 next", ", ".join(steps)
    for key, label in (
        ("rule", "规则 rule"),
        ("article", "条款 article"),
        ("remedy", "处理 remedy"),
    ):
        if given.get(key):
            yield label, given[key]


def show_outcome(console: Console, outcome: Shown) -> None:
    """What became of a lookup, then who was asked."""
    colour = COLOURS[outcome.kind]
    by = f" at {outcome.source}" if outcome.source else ""
    headline = Text(f"{outcome.title}: ").append(f"{TITLES[outcome.kind]}{by}", f"bold {colour}")
    console.print(headline)
    answer = Table(show_header=False, box=None, padding=(0, 2))
    for label, text in outcome.lines:
        answer.add_row(Text(label, "dim"), Text(text))
    console.print(answer)
    console.print(
        trail_table(outcome.trail) if outcome.trail else Text("  nobody was asked", "dim")
    )


def trail_table(trail: Iterable[Tried]) -> Table:
    """Who was asked (查询轨迹), in order."""
    table = Table(
        "source 来源", "tier 层级", "said 结果", "ms", "reason 原因", title_justify="left"
    )
    for tried in trail:
        took = "reused" if tried.reused else f"{tried.took:.1f}"
        cells = tried.source, tried.tier, tried.said, took, tried.reason
        table.add_row(*(Text(cell) for cell in cells))
    return table


def dossier_table(entries: Iterable[Shown]) -> Table:
    """A dossier (所需证照清单): one line per certificate, with the way it went."""
    table = Table("certificate 证照", "outcome 结果", "source 来源", "trail 轨迹")
    for entry in entries:
        way = " → ".join(f"{source}: {said}" for source, said in entry.said) or "nobody was asked"
        outcome = Text(TITLES[entry.kind], COLOURS[entry.kind])
        table.add_row(Text(entry.title), outcome, Text(entry.source), Text(way))
    return table
