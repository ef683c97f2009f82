"""All lookups of a request reach the hub in one call, and come to the same as without a plan."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from graphql import parse

from resolvers.plan.plan import planned
from tests.plan.ground import Ground, open_ground
from tests.plan.sameness import difference
from tests.stack import DOSSIER_ITEM, PURPOSE

SHOWN = """fragment F on Outcome { __typename record ... on Found { disclosure { fields withheld }
  certificate { __typename number ... on ResidentIdCard { name sex } } } }"""
TYPE = "resident_id_card"


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    """A whole hub over the sandbox's platforms."""
    async with open_ground(tmp_path) as opened:
        yield opened


def people(ground: Ground, count: int) -> list[dict[str, object]]:
    """Subjects who have a resident id card."""
    found = (
        ground.sandbox.examples.person_with(TYPE, {"province": True}, skip=skip)
        for skip in range(count)
    )
    return [{"person": {"residentId": one.identifier, "name": one.name}} for one in found]


async def test_a_hundred_aliases_a_list_and_both_with_a_dossier_are_one_call(
    ground: Ground,
) -> None:
    """However they are asked for: one call with all of them, in the order of the document."""
    subjects = people(ground, 100)
    aliases = " ".join(
        f'c{number}: certificate(type: "{TYPE}", subject: $s{number}, purpose: $p) {{ ...F }}'
        for number in range(100)
    )
    declared = ", ".join(f"$s{number}: SubjectInput!" for number in range(100))
    many: dict[str, object] = {f"s{number}": subject for number, subject in enumerate(subjects)}
    listed: dict[str, object] = {"l": [{"type": TYPE, "subject": subject} for subject in subjects]}
    context = ground.context()
    purpose: dict[str, object]
    dossier: dict[str, object]
    purpose, dossier = {"p": PURPOSE}, {"d": {**PURPOSE, "item": DOSSIER_ITEM}, "s": subjects[0]}

    query = f"query Q($p: PurposeInput!, {declared}) {{ {aliases} }} {SHOWN}"
    given = await ground.by_plan(query, purpose | many, context)
    assert given.errors is None
    assert given.data is not None
    assert {one["__typename"] for one in given.data.values()} == {"Found"}
    assert context.calls == [100]

    query = f"""query Q($p: PurposeInput!, $l: [LookupInput!]!) {{
      certificates(lookups: $l, purpose: $p) {{ ...F }} }} {SHOWN}"""
    await ground.by_plan(query, purpose | listed, context)
    assert context.calls == [100, 100]

    query = f"""query Q($p: PurposeInput!, $d: PurposeInput!, $l: [LookupInput!]!, $s: SubjectInput!) {{
      me {{ key }} certificates(lookups: $l, purpose: $p) {{ ...F }}
      one: certificate(type: "{TYPE}", subject: $s, purpose: $p) {{ ...F }}
      dossier(subject: $s, purpose: $d) {{ complete entries {{ row {{ number }} outcome {{ ...F }} }} }}
    }} {SHOWN}"""
    variables = purpose | listed | dossier
    given = await ground.by_plan(query, variables, context)
    twelve = len(given.data["dossier"]["entries"]) if given.data else 0
    assert context.calls == [100, 100, 100 + 1 + twelve]
    core_context = ground.context()
    core = await ground.by_core(query, variables, core_context)
    assert difference(given, core) is None
    assert core_context.calls == [100 + 1 + twelve]


async def test_each_alias_discloses_what_it_selects_itself(ground: Ground) -> None:
    """Some select the same and some do not, on a type, by a condition or through a fragment."""
    below = "disclosure { fields } certificate"
    selections = [
        "... on ResidentIdCard { name }",
        "... on ResidentIdCard { sex }",
        "... on ResidentIdCard { name }",
        "number ... on ResidentIdCard { sex @include(if: $i) }",
        "...N",
    ]
    aliases = " ".join(
        f'c{number}: certificate(type: "{TYPE}", subject: $s, purpose: $p) '
        f"{{ ... on Found {{ {below} {{ {selection} }} }} }}"
        for number, selection in enumerate(selections)
    )
    query = f"""query Q($s: SubjectInput!, $p: PurposeInput!, $i: Boolean!) {{ {aliases} }}
    fragment N on ResidentIdCard {{ name bornOn }}"""
    variables = {"s": people(ground, 1)[0], "p": PURPOSE, "i": False}

    given = await ground.by_plan(query, variables, ground.context())

    assert given.data is not None
    disclosed = [one["disclosure"]["fields"] for one in given.data.values()]
    assert disclosed == [["name"], ["sex"], ["name"], ["id_number"], ["born_on", "name"]]


async def test_selected_fields_are_those_of_the_conditions_of_the_request(ground: Ground) -> None:
    """One plan, two requests: what a condition leaves out is neither shown nor disclosed."""
    query = """query Q($p: PurposeInput!, $s: SubjectInput!, $more: Boolean!) {
      certificate(type: "resident_id_card", subject: $s, purpose: $p) { ... on Found {
        disclosure { fields } certificate { ... on ResidentIdCard { name sex @include(if: $more) } } } } }"""
    plan = ground.plan(query)
    assert plan is not None
    fields = []
    for more in (True, False, True):
        bound = plan.bound({"p": PURPOSE, "s": people(ground, 1)[0], "more": more})
        assert bound is not None
        given = await bound.answer(ground.context())
        assert given.data is not None
        fields.append(given.data["certificate"]["disclosure"]["fields"])

    assert fields == [["name", "sex"], ["name"], ["name", "sex"]]


async def test_what_may_not_be_asked_asks_nothing(ground: Ground) -> None:
    """One wrong field nulls the whole answer, so that nobody is looked up for it."""
    query = """query Q($p: PurposeInput!, $s: SubjectInput!) {
      good: certificate(type: "resident_id_card", subject: $s, purpose: $p) { __typename }
      bad: certificate(type: "nonsense", subject: $s, purpose: $p) { __typename } }"""
    context, variables = ground.context(), {"p": PURPOSE, "s": people(ground, 1)[0]}

    given = await ground.by_plan(query, variables, context)

    assert given.data is None
    assert [error.path for error in given.errors or ()] == [["bad"]]
    assert context.calls == []
    assert difference(given, await ground.by_core(query, variables)) is None


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { queryType { name } } }",
        '{ me { key } __type(name: "Found") { name } }',
        'mutation { claimRequest(request: "r", by: "b") { __typename } }',
        'subscription { inboxChanges(by: "b") { news } }',
        "query Q($a: Boolean!) { me { key @include(if: $a) } } query R { me { key } }",
    ],
)
def test_the_rest_is_left_to_graphql_core(ground: Ground, query: str) -> None:
    """Introspection, mutations, subscriptions, and a document that does not say which operation."""

    assert planned(ground.schema, parse(query), None) is None
