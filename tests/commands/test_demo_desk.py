"""The desk of `certhub demo`: both sides of a verification, played through GraphiQL's examples."""

import json
import re
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.catalogue.demonstration import METER, WATER
from tests.commands.conftest import Demo
from tests.commands.terminal import certhub, running, sourced

PATIENCE = 90.0
ANSWER = """
query ($id: ID!, $operator: ID!) {
  verificationRequest(id: $id, operator: $operator) {
    state issuedAt due { at rule }
    deliveries { sentAt answer proof { __typename ... on Proof { checks { result } } } }
  }
}
"""
REQUEST = """
mutation ($subject: SubjectInput!, $purpose: PurposeInput!) {
  requestVerification(type: "real_estate_title", subject: $subject, purpose: $purpose) {
    __typename ... on Pending { verification { id } }
  }
}
"""

SHARED = """
query ($subject: SubjectInput!, $purpose: PurposeInput!) {
  certificate(type: "resident_id_card", subject: $subject, purpose: $purpose) {
    ... on Found { source { name } proof { __typename ... on Proof { kind checks { result } } } }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Page:
    """GraphiQL as it opens, and the requests it sends."""

    url: str
    config: Any

    def tab(self, title: str, **variables: object) -> Any:
        """The data of a tab's query, with some of its variables filled in."""
        tab = next(each for each in self.config["tabs"] if each["title"] == title)
        headers = json.loads(tab["headers"] or self.config["headers"])
        return asked(self.url, tab["query"], {**json.loads(tab["variables"]), **variables}, headers)


def opened(url: str) -> Page:
    """The page of a hub."""
    with urllib.request.urlopen(f"{url}/graphiql/config.json", timeout=10) as page:
        return Page(f"{url}/graphql", json.loads(page.read()))


def asked(url: str, query: str, variables: Mapping[str, object], headers: Mapping[str, str]) -> Any:
    """The data of a query that must succeed."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    sent = {"Content-Type": "application/json", **headers}
    with urllib.request.urlopen(urllib.request.Request(url, body, sent), timeout=60) as reply:
        answer = json.loads(reply.read())
    assert "errors" not in answer, answer
    return answer["data"]


def bearer(key: str) -> Mapping[str, str]:
    """The header that carries a key."""
    return {"Authorization": f"Bearer {key}"}


def answered(url: str, request: str, operator: str, key: str) -> Any:
    """A request once it is sent."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        given = {"id": request, "operator": operator}
        view = asked(url, ANSWER, given, bearer(key))["verificationRequest"]
        if view["state"] == "SENT":
            return view
        time.sleep(0.2)
    raise AssertionError(f"not answered within {PATIENCE:g} s")


def test_the_issuer_is_played_by_hand(demo: Demo) -> None:
    """One tab asks; nobody answers by themselves; the issuer's tab takes every step of an answer."""
    page = opened(demo.url)
    entries = page.tab("ObtainDossier")["obtainDossier"]["entries"]
    pending = [
        entry["outcome"]["verification"]["id"]
        for entry in entries
        if entry["outcome"]["__typename"] == "Pending"
    ]
    assert len(pending) == 1

    steps = page.tab("AnswerRequest", request=pending[0])

    assert {step["__typename"] for step in steps.values()} == {"StepTaken"}
    assert steps["sendAnswer"]["request"]["state"] == "SENT"
    view = answered(page.url, pending[0], "op-001", demo.key)
    assert [each["answer"] for each in view["deliveries"]] == ["NO_RECORD"]
    assert view["deliveries"][0]["proof"]["__typename"] == "Proof"


def test_shared_information_carries_the_sharing_seal(demo: Demo) -> None:
    """What the platform behind the desk holds is extracted under the window's own seal."""
    page = opened(demo.url)
    batch = json.loads(page.config["tabs"][1]["variables"])
    given = {"subject": batch["lookups"][2]["subject"], "purpose": batch["purpose"]}

    found = asked(page.url, SHARED, given, bearer(demo.key))["certificate"]

    assert found["source"]["name"] == "verification"
    assert (found["proof"]["__typename"], found["proof"]["kind"]) == ("Proof", "SHARING")
    assert {line["result"] for line in found["proof"]["checks"]} == {"PASSED"}


def test_a_clock_that_runs_faster(tmp_path: Path) -> None:
    """With --pace the desk's time goes by faster, for its due times and for the proofs alike."""
    words = ("demo", "--data", "data", "--port", "0", "--sandbox-port", "0", "--pace", "100")
    with running(*words, at=tmp_path) as begun:
        begun.says("Ctrl-C ends it")
        environment = tmp_path / "data" / "environment"
        url = sourced(environment)["CERTHUB_URL"]
        (key,) = re.findall("^export DEMO_WATER_KEY=(.+)$", environment.read_text(), re.MULTILINE)
        pending = opened(url.removesuffix("/graphql")).config["tabs"][5]["variables"]
        person = json.loads(pending)["subject"]
        purpose = {"item": METER.code, "case": "2026-1", "operator": "op-101"}
        began = time.monotonic()

        asking = {"subject": person, "purpose": purpose}
        outcome = asked(url, REQUEST, asking, bearer(key))["requestVerification"]
        view = answered(url, outcome["verification"]["id"], "op-101", key)

        took = time.monotonic() - began
    issued, sent, due = (
        datetime.fromisoformat(text)
        for text in (view["issuedAt"], view["deliveries"][0]["sentAt"], view["due"]["at"])
    )
    assert (due - issued).total_seconds() == 1800
    assert view["due"]["rule"] == "HALF_HOUR"
    assert (sent - issued).total_seconds() > took
    assert {line["result"] for line in view["deliveries"][0]["proof"]["checks"]} == {"PASSED"}
    assert WATER.code in (tmp_path / "data" / "desk.toml").read_text("utf-8")


def test_a_real_desk_is_left_alone(tmp_path: Path) -> None:
    """A folder with a registry that no demo wrote is refused, and the registry stays."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "desk.toml").write_text("[units.housing]\n")

    done = certhub("demo", "--data", "data", "--port", "0", "--sandbox-port", "0", at=tmp_path)

    assert done.code == 1
    assert "desk.toml is the registry of a real desk. Give the demo a folder of its own" in done.err
    assert (tmp_path / "data" / "desk.toml").read_text() == "[units.housing]\n"
    assert not (tmp_path / "data" / "desk.db").exists()
