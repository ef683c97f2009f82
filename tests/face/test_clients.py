"""Clients no one here wrote: gql, and the IDE in a real browser."""

import json
from pathlib import Path
from typing import Any

import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError

from resolvers.graphiql.page import is_built
from tests.graphiql.browser import CHROMIUM, NO_CHROMIUM, run_every_tab
from tests.stack import PURPOSE, Stack, open_stack

NOT_HERE = ("RequestChanged", "InboxChanged", "AnswerRequest")
"""Examples that wait for the id of a request, or for the key of an issuer that is not here."""


def client_of(stack: Stack) -> Client:
    transport = AIOHTTPTransport(
        f"{stack.url}/graphql", headers={"Authorization": f"Bearer {stack.key}"}
    )
    return Client(transport=transport, fetch_schema_from_transport=True)


async def test_gql_introspects_validates_and_asks(tmp_path: Path) -> None:
    """The gql client fetches the schema, checks a query against it, and gets a certificate."""
    async with open_stack(tmp_path) as stack:
        found = stack.sandbox.examples.person_with("resident_id_card", {"province": True})
        query = gql(
            "query($s: SubjectInput!, $p: PurposeInput!) {"
            ' certificate(type: "resident_id_card", subject: $s, purpose: $p) {'
            " __typename ... on Found { certificate { ... on ResidentIdCard { name } } } } }"
        )
        subject = {"person": {"residentId": found.identifier, "name": found.name}}

        async with client_of(stack) as session:
            answer: dict[str, Any] = await session.execute(
                GraphQLRequest(query, variable_values={"s": subject, "p": PURPOSE})
            )
            with pytest.raises(TransportQueryError, match="GB 11643"):
                await session.execute(
                    GraphQLRequest(
                        query,
                        variable_values={"s": {"person": {"residentId": "1"}}, "p": PURPOSE},
                    )
                )

    assert answer["certificate"]["certificate"]["name"] == found.name


@pytest.mark.skipif(not CHROMIUM.exists(), reason=NO_CHROMIUM)
@pytest.mark.skipif(
    not is_built(), reason="GraphiQL was not built: install again with npm in reach"
)
async def test_every_graphiql_tab_runs_and_nothing_is_asked_outside(tmp_path: Path) -> None:
    """Each example runs as it stands with one click; every request stays on the hub.

    But those of the issuer's side, and the one that waits for the id of a request.
    """
    async with open_stack(tmp_path) as stack:
        page, shot = f"{stack.url}/graphiql", tmp_path / "graphiql.png"
        report = await run_every_tab(page, shot, but=NOT_HERE)

    assert [title for title, _ in report.tabs] == [
        "OneLookup",
        "Batch",
        "Dossier",
        "Catalogue",
        "Denial",
        "ObtainDossier",
        "RequestChanged",
        "InboxChanged",
        "AnswerRequest",
    ]
    answers = {title: json.loads(text) for title, text in report.tabs}
    assert [title for title, answer in answers.items() if "errors" in answer] == []
    assert answers["OneLookup"]["data"]["certificate"]["__typename"] == "Found"
    assert len(answers["Dossier"]["data"]["dossier"]["entries"]) == 12
    assert answers["Denial"]["data"]["certificate"]["__typename"] == "Denied"
    outside = [url for url in report.requests if not url.startswith((stack.url, "blob:", "data:"))]
    assert outside == []
    assert report.csp_violations == []
    assert report.console_errors == []
