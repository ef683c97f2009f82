"""Exploring: catalogue, items, types, sources, the caller, nodes; and GraphQL over HTTP."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.stack import (
    DOSSIER_ITEM,
    EXCLUDED_ITEM,
    FOREIGN_ITEM,
    ITEM,
    OPERATOR,
    PURPOSE,
    TWELVE,
    UNIT,
    Stack,
    open_stack,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with open_stack(tmp_path_factory.mktemp("explore")) as up:
        yield up


async def test_the_caller_sees_who_it_is_and_what_it_may_ask(stack: Stack) -> None:
    """`me` names key, unit, operators and the unit's own items."""
    me = (
        await stack.ask(
            "{ me { key unitCode operators people { name roles } unit { name kind district }"
            " items { totalCount edges { node { code } } } } }"
        )
    )["me"]

    assert me["key"] == stack.key.split("_")[1]
    assert (me["unitCode"], me["operators"]) == (UNIT, [OPERATOR])
    assert me["people"] == [{"name": OPERATOR, "roles": ["OPERATOR"]}]
    assert me["unit"] == {"name": "示例窗口", "kind": "GOVERNMENT", "district": None}
    assert me["items"]["totalCount"] == 3
    codes = [edge["node"]["code"] for edge in me["items"]["edges"]]
    assert codes == [ITEM, DOSSIER_ITEM, EXCLUDED_ITEM]


async def test_the_catalogue_is_paged_and_filtered(stack: Stack) -> None:
    """Pages follow each other without gap, and filters narrow the total."""
    query = """query($filter: CatalogueFilter, $first: Int, $after: String) {
      catalogue(filter: $filter, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        edges { node { number certificateType { name } item { code } unit { code }
                       measures fieldsGranted issuer scopeExclusion legalForceException
                       commitmentAllowed } } } }"""
    numbers: list[int] = []
    after, more = None, True
    while more:
        page = (await stack.ask(query, first=50, after=after))["catalogue"]
        numbers += [edge["node"]["number"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert numbers == list(range(1, 127 + 12 + 1 + 1 + 1))
    assert page["totalCount"] == len(numbers)

    async def total(**wanted: str) -> int:
        answer = await stack.ask(query, filter=wanted)
        number: int = answer["catalogue"]["totalCount"]
        return number

    assert await total(item=DOSSIER_ITEM) == 12
    assert await total(unit="NB-TEST-02") == 1
    assert await total(certificate="resident_id_card") == 3
    assert await total(measure="FACE") == 0
    assert await total(search="示例燃气公司") == 1
    excluded = (await stack.ask(query, filter={"item": EXCLUDED_ITEM}))["catalogue"]
    assert excluded["edges"][0]["node"]["scopeExclusion"] == "由市外单位核发且未共享"


async def test_items_are_found_by_code_and_by_search(stack: Stack) -> None:
    """An item of the caller's unit needs no unit; another unit's item needs it."""
    query = """query($code: ID!, $unit: ID) { serviceItem(code: $code, unit: $unit) {
      code name sector immediate promisedDays unit { code }
      materials { certificateType { name } measures } } }"""

    own = (await stack.ask(query, code=DOSSIER_ITEM))["serviceItem"]
    foreign = (await stack.ask(query, code=FOREIGN_ITEM, unit="NB-TEST-02"))["serviceItem"]
    unknown = (await stack.ask(query, code=FOREIGN_ITEM))["serviceItem"]
    searched = (await stack.ask('{ serviceItems(search: "00012") { totalCount } }'))["serviceItems"]

    assert tuple(row["certificateType"]["name"] for row in own["materials"]) == TWELVE
    assert (own["immediate"], own["promisedDays"], own["sector"]) == (True, None, "住房")
    assert foreign["unit"]["code"] == "NB-TEST-02"
    assert unknown is None
    assert searched["totalCount"] == 1


async def test_certificate_types_by_name_code_and_search(stack: Stack) -> None:
    """A type is found by its name or its GB/T 36903 code, and says who serves it."""
    query = """query($name: ID!) { certificateType(name: $name) {
      name code title titleZh holders issuer graphqlType servedBy
      fields { name label labelZh kind sensitivity } } }"""

    by_name = (await stack.ask(query, name="resident_id_card"))["certificateType"]
    by_code = (await stack.ask(query, name="11100000000013127D001"))["certificateType"]
    unknown = (await stack.ask(query, name="nothing"))["certificateType"]
    licences = await stack.ask(
        '{ certificateTypes(search: "驾驶证", first: 5) { totalCount edges { node { name } } } }'
    )

    assert by_name == by_code
    assert (by_name["titleZh"], by_name["graphqlType"]) == ("居民身份证", "ResidentIdCard")
    assert (by_name["holders"], unknown) == (["PERSON"], None)
    assert by_name["servedBy"] == ["province", "municipality", "verification"]
    assert {"ethnicity"} == {
        field["name"] for field in by_name["fields"] if field["labelZh"] == "民族"
    }
    names = [edge["node"]["name"] for edge in licences["certificateTypes"]["edges"]]
    assert "driving_licence" in names


async def test_sources_say_how_they_fare(stack: Stack) -> None:
    """Best tier first; after a lookup the source is answering, with its latency."""
    person = stack.sandbox.examples.person_with("resident_id_card", {"province": True})
    subject = {"person": {"residentId": person.identifier, "name": person.name}}
    await stack.ask(
        "query($s: SubjectInput!, $p: PurposeInput!)"
        ' { certificate(type: "resident_id_card", subject: $s, purpose: $p) { record } }',
        s=subject,
        p=PURPOSE,
    )

    sources = (
        await stack.ask(
            "{ sources { name title titleZh tier dialect state inquiries p50 p99 serves { name } } }"
        )
    )["sources"]

    tiers = [one["tier"] for one in sources]
    assert tiers == sorted(tiers, key=["PROVINCIAL", "MUNICIPAL", "SUPPLEMENTARY"].index)
    province = sources[0]
    assert (province["name"], province["dialect"], province["state"]) == (
        "province",
        "gateway",
        "ANSWERING",
    )
    assert province["inquiries"] >= 1
    assert 0 < province["p50"] <= province["p99"]
    verification = sources[-1]
    assert len(verification["serves"]) == 127


async def test_every_node_is_found_by_its_id(stack: Stack) -> None:
    """The id of a type, an item, a row, a unit and a source leads back to it."""
    data = await stack.ask(
        """{ certificateType(name: "resident_id_card") { id }
             serviceItem(code: "许可-00012-000") { id unit { id } materials { id } }
             sources { id } }"""
    )
    item = data["serviceItem"]
    ids = {
        "CertificateType": data["certificateType"]["id"],
        "ServiceItem": item["id"],
        "Unit": item["unit"]["id"],
        "CatalogueRow": item["materials"][0]["id"],
        "Source": data["sources"][0]["id"],
    }

    for kind, global_id in ids.items():
        node = await stack.ask("query($id: ID!) { node(id: $id) { __typename id } }", id=global_id)
        assert node["node"] == {"__typename": kind, "id": global_id}


async def test_a_node_that_is_gone_is_null_and_nonsense_is_an_error(stack: Stack) -> None:
    """Well-formed ids of nothing are null; anything else is told what an id is."""
    query = "query($id: ID!) { node(id: $id) { id } }"
    gone = ["U291cmNlOm5vYm9keQ==", "VW5pdDp4", "Q2F0YWxvZ3VlUm93Ong=", "U2VydmljZUl0ZW06eA=="]
    gone.append("Q2VydGlmaWNhdGVUeXBlOng=")

    for global_id in gone:
        assert (await stack.ask(query, id=global_id))["node"] is None
    for nonsense in ["x", "UXVlcnk6eA==", "%%%"]:
        _, answer = await stack.post({"query": query, "variables": {"id": nonsense}})
        assert answer["errors"][0]["extensions"]["code"] == "BAD_INPUT"


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_only_post_is_answered(stack: Stack, method: str) -> None:
    """A query in a URL would leave people in logs: 405, and how to ask."""
    async with stack.session.request(method, f"{stack.url}/graphql?query={{__typename}}") as reply:
        answer = await reply.json()

    assert (reply.status, reply.headers["Allow"]) == (405, "POST")
    assert "POST" in answer["errors"][0]["extensions"]["hint"]


async def test_wrong_media_types_are_told_the_right_one(stack: Stack) -> None:
    """415 for a body that is not JSON, 406 for an answer we can't write."""
    headers = {"Authorization": f"Bearer {stack.key}"}
    url = f"{stack.url}/graphql"
    async with stack.session.post(url, data=b"x", headers=headers) as reply:
        assert reply.status == 415
    async with stack.session.post(
        url, json={}, headers={**headers, "Accept": "text/html"}
    ) as reply:
        assert reply.status == 406


async def test_home_leads_to_graphiql(stack: Stack) -> None:
    """A browser that opens the hub's address lands in the IDE."""
    async with stack.session.get(stack.url, allow_redirects=False) as reply:
        assert (reply.status, reply.headers["Location"]) == (307, "/graphiql")


async def test_fragments_directives_and_attributes_decide_what_is_disclosed(stack: Stack) -> None:
    """What @skip and @include leave out is not disclosed; `attributes` discloses all that is granted."""
    person = stack.sandbox.examples.person_with("resident_id_card", {"province": True})
    subject = {"person": {"residentId": person.identifier, "name": person.name}}
    query = """
    query($s: SubjectInput!, $p: PurposeInput!, $yes: Boolean!) {
      certificate(type: "resident_id_card", subject: $s, purpose: $p) {
        ...found
      }
    }
    fragment found on Found {
      disclosure { fields withheld }
      certificate { ...card issuedOn @skip(if: $yes) validFrom }
    }
    fragment card on Certificate {
      ... on ResidentIdCard { name sex @include(if: $yes) address @skip(if: $yes) }
      ... @skip(if: $yes) { attributes { name } }
    }
    """

    narrow = (await stack.ask(query, s=subject, p=PURPOSE, yes=True))["certificate"]
    wide = (await stack.ask(query, s=subject, p=PURPOSE, yes=False))["certificate"]

    assert narrow["disclosure"]["fields"] == ["name", "sex", "valid_from"]
    assert wide["disclosure"]["withheld"] == ["ethnicity"]
    assert len(wide["disclosure"]["fields"]) == 8
    assert {one["name"] for one in wide["certificate"]["attributes"]} == set(
        wide["disclosure"]["fields"]
    )
