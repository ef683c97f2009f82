"""What a demonstration says when it is up."""

import json
import shlex

from hub.commands.asking import Asker
from hub.commands.demo_ground import ITEM, OPERATORS, PURPOSE, UNIT, Home
from hub.sandbox.examples import Examples
from hub.sandbox.sandbox import Sandbox

SHORT = """\
query ($subject: SubjectInput!, $purpose: PurposeInput!) {
  certificate(type: "resident_id_card", subject: $subject, purpose: $purpose) {
    __typename
    ... on Found { source { name } certificate { number validUntil ... on ResidentIdCard { name address } } }
    trail { source { name } tier said took }
  }
}"""


def welcome(home: Home, url: str, key: str, sandbox: Sandbox) -> str:
    """Where to look, the key, and the sandbox platforms with their dials."""
    platforms = "\n".join(f"  {name:24}{where}" for name, where in sandbox.urls.items())
    province = sandbox.urls["province"]
    return f"""\
certhub demo 无证件证明查询枢纽 — everybody in it is invented

GraphiQL         {url}/graphiql   (key and examples are filled in)
GraphQL          {url}/graphql    (POST)
API key 密钥      {key}
  of unit {UNIT}, operators {" and ".join(OPERATORS)}; item 事项 {ITEM}; revoked when the demo ends

Sandbox platforms 沙箱平台
{platforms}
  Turn a dial:   curl -X PUT {province}/sandbox/dials -d '{{"outage": true}}'
  Turn it back:  curl -X PUT {province}/sandbox/dials -d '{{}}'
  What it was asked:  curl {province}/sandbox/counts

In another terminal
  . {shlex.quote(str(home.environment))}     then: certhub doctor, certhub lookup, certhub reload
"""


async def worked_curl(hub: Asker, examples: Examples) -> str:
    """A query as curl sends it, and the answer that it had just now."""
    subject = examples.person_with("resident_id_card", {"province": False, "municipality": True})
    person = {"person": {"residentId": subject.identifier, "name": subject.name}}
    variables = {"subject": person, "purpose": PURPOSE}
    answer = await hub.ask(SHORT, variables)
    body = json.dumps(
        {"query": " ".join(SHORT.split()), "variables": variables}, ensure_ascii=False
    )
    return f"""\
A worked query: not held by the province, held by the municipality

curl -s {hub.url} \\
  -H 'Authorization: Bearer {hub.key}' \\
  -H 'Content-Type: application/json' \\
  -d {shlex.quote(body)}

{json.dumps({"data": answer}, ensure_ascii=False, indent=2)}"""
