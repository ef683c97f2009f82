"""How the story of a verification is told."""

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from hub.commands.asking import Document

RESULTS = {"PASSED": "✓ 通过", "FAILED": "✗ 不通过", "NOT_CHECKED": "– 未核验"}


def values_of(certificate: Document) -> Mapping[str, str | None]:
    """The values of a certificate by field."""
    return {each["name"]: each["value"] for each in certificate["attributes"]}


def checks_told(proof: Document) -> str:
    """A proof in one line, or why there is none."""
    match proof["__typename"]:
        case "Proof":
            passed = sum(line["result"] == "PASSED" for line in proof["checks"])
            return (
                f"proof 电子证明 {proof['documentNumber']}, {proof['kind']} seal, {passed} of "
                f"{len(proof['checks'])} checks passed, valid until {proof['validUntil']}"
            )
        case "ProofRefused":
            return f"proof {proof['documentNumber']} was refused"
        case _:
            return f"no proof: {proof['reason']}; {proof['remedy']}"


def checks_table(proof: Document) -> Table:
    """Every check of a proof (核验情况)."""
    table = Table("check 核验项目", "result 结果", "说明")
    for line in proof.get("checks", ()):
        result = Text(RESULTS[line["result"]])
        table.add_row(Text(f"{line['name']} {line['title']}"), result, Text(line["message"]))
    return table


def difference(before: Mapping[str, str | None], now: Mapping[str, str | None]) -> str:
    """What was corrected, field by field."""
    told = (f"{name}: {before.get(name)} → {now.get(name)}" for name in changed(before, now))
    return "corrected 更正: " + "; ".join(told)


def changed(before: Mapping[str, str | None], now: Mapping[str, str | None]) -> list[str]:
    """The fields that differ; one that is left open has no value."""
    return [name for name in {**before, **now} if before.get(name) != now.get(name)]
