"""Two units at work: one asks and looks up, the other verifies, seals and sends; over GraphQL alone."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.connectors.people import resident_id
from tests.kills.ground import CERTIFICATE, ITEM, Ground

OPEN = f"""
mutation ($subject: SubjectInput!, $purpose: PurposeInput!, $key: ID!) {{
  requestVerification(type: "{CERTIFICATE}", subject: $subject, purpose: $purpose, key: $key) {{
    __typename
    ... on Pending {{ verification {{ id }} }}
  }}
}}
"""
SEE = """
query ($id: ID!) {
  verificationRequest(id: $id, operator: "clerk") {
    state
    deliveries { number proof { __typename ... on Proof { documentNumber } } }
  }
}
"""
LOOK = f"""
query ($subject: SubjectInput!, $purpose: PurposeInput!) {{
  certificate(type: "{CERTIFICATE}", subject: $subject, purpose: $purpose) {{ __typename record }}
}}
"""
INBOX = """
query ($by: ID!) { inbox(by: $by, first: 20) { nodes { id state } } }
"""
STEPS = {
    "DELIVERED": ("claimRequest", "vera", ""),
    "CLAIMED": ("beginVerification", "vera", ""),
    "IN_VERIFICATION": (
        "makeAnswer",
        "vera",
        ', findings: { noRecord: { searched: "婚姻登记档案" } }',
    ),
    "MADE": ("sealAnswer", "keeper", ""),
    "SEALED": ("sendAnswer", "keeper", ""),
}
"""What is done with a request in each state: the mutation, by whom, and with what."""


@dataclass
class Load:
    """What was asked and what was answered; `over` ends it once everything is delivered."""

    ground: Ground
    url: str
    session: aiohttp.ClientSession
    accepted: dict[int, str] = field(default_factory=dict)
    delivered: dict[str, str] = field(default_factory=dict)
    records: list[str] = field(default_factory=list)
    lost: int = 0
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    proven: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False
    _next: int = 0

    async def ask(self) -> None:
        """Ask for one person after another, each until a sealed answer is there."""
        while not self.over:
            self._next += 1
            number = self._next
            await self._one(number)

    async def look(self) -> None:
        """Look up who was asked for, again and again."""
        while not self.over:
            number = random.choice(list(self.accepted) or [0])
            about = {"subject": _subject(number), "purpose": _purpose(number)}
            answer = await self._told(self.ground.asking, LOOK, about)
            self.records.append(answer["certificate"]["record"])
            self.answered.set()
            await asyncio.sleep(0.01)

    async def something(self, happens: asyncio.Event) -> None:
        """Wait until the hub that runs now has done this."""
        happens.clear()
        await happens.wait()

    async def issue(self, role: str) -> None:
        """Do whatever a person of the issuing unit has to do next; keys make it harmless to repeat."""
        while True:
            answer = await self._told(self.ground.issuing, INBOX, {"by": role})
            waiting = [one for one in answer["inbox"]["nodes"] if STEPS[one["state"]][1] == role]
            for one in waiting:
                await self._step(one["id"], one["state"])
            await asyncio.sleep(0.02)

    async def _one(self, number: int) -> None:
        about = {
            "subject": _subject(number),
            "purpose": _purpose(number),
            "key": f"open-{number}",
        }
        opened = await self._told(self.ground.asking, OPEN, about)
        came = opened["requestVerification"]
        while came["__typename"] != "Pending":
            await asyncio.sleep(0.05)
            opened = await self._told(self.ground.asking, OPEN, about)
            came = opened["requestVerification"]
        request = self.accepted[number] = came["verification"]["id"]
        while request not in self.delivered:
            seen = (await self._told(self.ground.asking, SEE, {"id": request}))[
                "verificationRequest"
            ]
            for delivery in seen["deliveries"]:
                if delivery["proof"]["__typename"] == "Proof":
                    self.delivered[request] = delivery["proof"]["documentNumber"]
                    self.proven.set()
            await asyncio.sleep(0.05)

    async def _step(self, request: str, state: str) -> None:
        field_, by, more = STEPS[state]
        query = f"""mutation ($id: ID!, $by: ID!, $key: ID!) {{
          step: {field_}(request: $id, by: $by, key: $key{more}) {{ __typename }} }}"""
        given = {"id": request, "by": by, "key": f"{request}-{state}"}
        await self._told(self.ground.issuing, query, given)

    async def _told(self, by: str, query: str, variables: Mapping[str, object]) -> Any:
        """The data of an answer, however often it has to be asked for."""
        body = {"query": query, "variables": variables}
        headers = {"Authorization": f"Bearer {by}"}
        while True:
            try:
                async with self.session.post(self.url, json=body, headers=headers) as reply:
                    answer = await reply.json(content_type=None)
            except (aiohttp.ClientError, OSError, ValueError):
                self.lost += 1
                await asyncio.sleep(0.05)
                continue
            errors = answer.get("errors")
            if not errors:
                return answer["data"]
            assert all(one["extensions"]["retryable"] for one in errors), errors
            await asyncio.sleep(0.1)


def _subject(number: int) -> object:
    return {"person": {"residentId": resident_id(number), "name": "示例"}}


def _purpose(number: int) -> object:
    return {"item": ITEM, "case": f"办-{number}", "operator": "clerk"}
