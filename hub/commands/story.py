"""The story of one verification: asked, answered under seal, doubted, corrected, recalled."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hub.catalogue.demonstration import OF_A_PERSON
from hub.commands.asking import Asker, Document
from hub.commands.demo_case import OPERATORS, PURPOSE, WATER_OPERATORS, WATER_PURPOSE
from hub.commands.outcomes import dossier_table, read_outcome
from hub.commands.story_queries import (
    ANSWER,
    CHANGED,
    CONFIRM,
    OBJECT,
    OBTAIN,
    RECALLED,
    RECALLS,
    RECEIVE,
)
from hub.commands.story_words import changed, checks_table, checks_told, difference, values_of
from hub.commands.terminal import out, plain
from hub.commands.watching import watching
from hub.sandbox.relations import Subject

CERTIFICATE = "real_estate_title"
CLERK, WATER_CLERK = OPERATORS[0], WATER_OPERATORS[0]
GROUNDS = "与当事人所持不动产权证书不一致"


@dataclass
class Story:
    """The two units that take part, and what has come of it so far."""

    window: Asker
    water: Asker
    issuers: str  # the URL of the issuers' dials
    subject: Subject = field(repr=False)
    request: str = ""
    document: str = ""
    said: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def chapters(self) -> Sequence[tuple[str, Callable[[], Awaitable[bool]]]]:
        """What happens, in order; each says whether it came out as it must."""
        return (
            ("Held nowhere: the issuer is asked 均未查到，向出具单位发起协助核实", self.ask),
            ("Its answer arrives by subscription 核实答复随订阅到达", self.follow),
            ("The sealed proof was checked before delivery 交付前核验电子证明", self.check),
            ("Another unit receives it by a lookup 另一单位经查询获得同一证明", self.receive),
            (
                "An objection, corrected; the first receivers are told 异议更正与撤回通知",
                self.doubt,
            ),
            ("What is held now is the correction 更正后的证明", self.look_again),
        )

    async def ask(self) -> bool:
        """A dossier at once: what is found, and a pending request for what is not."""
        await self._turn(error_rate=1)  # so that there is something to doubt
        given = {"subject": self._person, "purpose": PURPOSE}
        dossier = (await self.window.ask(OBTAIN, given))["obtainDossier"]
        outcomes = [entry["outcome"] for entry in dossier["entries"]]
        shown = [read_outcome(outcome) for outcome in outcomes]
        out().print(dossier_table(each for each in shown if each.kind != "Found"))
        found = [each.certificate for each in shown if each.kind == "Found"]
        plain(out(), f"{dossier['item']['name']}: {len(found)} of {len(shown)} found at once")
        pending = {o["type"]["name"]: o["verification"] for o in outcomes if "verification" in o}
        if list(pending) != [CERTIFICATE] or len(found) != len(OF_A_PERSON) - 1:
            return False
        asked = pending[CERTIFICATE]
        self.request = asked["id"]
        plain(out(), f"{CERTIFICATE}: asked of {asked['issuerCode']}, due {asked['due']['at']}")
        return True

    async def follow(self) -> bool:
        """Every state of the request until it is answered."""
        given = {"id": self.request, "operator": CLERK}
        async with watching(self.window, CHANGED, given) as watch:
            events = await watch.until(_is_sent)
        states: list[str] = [event["verificationRequestChanged"]["state"] for event in events]
        passed = list(dict.fromkeys(states))
        plain(out(), "by subscription: " + " → ".join(passed))
        return passed[-1] == "SENT"

    async def check(self) -> bool:
        """The answer's values are those of a proof that passed every check."""
        delivery = (await self._deliveries())[0]
        proof = delivery["proof"]
        self.said = values_of(delivery["certificate"])
        self.document = proof.get("documentNumber", "")
        plain(out(), checks_told(proof))
        out().print(checks_table(proof))
        return _is_good(proof) and proof["kind"] == "VERIFICATION"

    async def receive(self) -> bool:
        """The other unit, for a case of its own, finds the same answer, with a proof for its case."""
        found = await self._looked_up()
        if found["__typename"] != "Found":
            return False
        plain(out(), f"found at {found['source']['name']}; {checks_told(found['proof'])}")
        proof = found["proof"]
        differing = changed(self.said, values_of(found["certificate"]))
        return not differing and _is_good(proof) and proof["documentNumber"] == self.document

    async def doubt(self) -> bool:
        """The applicant doubts it; another verifier looks, and every receiver is told."""
        await self._turn(error_rate=0)
        clerk = {"request": self.request, "operator": CLERK}
        since = {"operator": WATER_CLERK, "since": self.began.isoformat()}
        async with (
            watching(self.water, RECALLED, since) as recalled,
            watching(self.window, CHANGED, {"id": self.request, "operator": CLERK}) as changed,
        ):
            await self.window.ask(CONFIRM, clerk)
            raised = await self.window.ask(OBJECT, {**clerk, "grounds": GROUNDS})
            if raised["raiseObjection"]["__typename"] != "StepTaken":
                return False
            (objection,) = raised["raiseObjection"]["request"]["objections"]
            ended = (await changed.until(_is_ended))[-1]["verificationRequestChanged"]
            told = (await recalled.until(lambda event: "recalled" in event))[-1]["recalled"]
        ending = ended["objections"][0]["ending"]
        plain(out(), f"the objection ended {ending}; review {objection['review']}")
        plain(out(), f"unit of {WATER_CLERK}, by subscription: recalled at {told['at']}")
        (listed,) = (await self.water.ask(RECALLS, since))["recalls"]
        plain(out(), f"unit of {WATER_CLERK}, by query: recalled, case {listed['reference']}")
        delivery = (await self._deliveries())[0]
        return (ending, told, listed["reference"], delivery["recalledBy"]) == (
            "CORRECTED",
            listed,
            WATER_PURPOSE["case"],
            objection["review"],
        ) and delivery["proof"]["__typename"] == "ProofUnavailable"

    async def look_again(self) -> bool:
        """A lookup finds the corrected answer, under another document's number."""
        found = await self._looked_up()
        if found["__typename"] != "Found":
            return False
        now = values_of(found["certificate"])
        plain(out(), difference(self.said, now))
        plain(out(), checks_told(found["proof"]))
        proof = found["proof"]
        return (
            len(changed(self.said, now)) == 1
            and _is_good(proof)
            and proof["documentNumber"] != self.document
        )

    @property
    def _person(self) -> Document:
        return {"person": {"residentId": self.subject.identifier, "name": self.subject.name}}

    async def _deliveries(self) -> Sequence[Document]:
        given = {"id": self.request, "operator": CLERK}
        deliveries: Sequence[Document] = (await self.window.ask(ANSWER, given))[
            "verificationRequest"
        ]["deliveries"]
        return deliveries

    async def _looked_up(self) -> Document:
        given = {"type": CERTIFICATE, "subject": self._person, "purpose": WATER_PURPOSE}
        found: Document = (await self.water.ask(RECEIVE, given))["certificate"]
        return found

    async def _turn(self, **dials: float) -> None:
        url = f"{self.issuers}/sandbox/dials"
        document = {"no_record_rate": 0, **dials}
        async with self.window.session.put(url, json=document, raise_for_status=True):
            """Turned; what is not given stands at its default."""


def _is_sent(event: Document) -> bool:
    return bool(event["verificationRequestChanged"]["state"] == "SENT")


def _is_ended(event: Document) -> bool:
    objections = event["verificationRequestChanged"]["objections"]
    return bool(objections and objections[0]["ending"])


def _is_good(proof: Document) -> bool:
    return proof["__typename"] == "Proof" and all(
        line["result"] != "FAILED" for line in proof["checks"]
    )
