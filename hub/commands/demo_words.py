"""What a demonstration says when it is up."""

import json
import shlex

from hub.commands.asking import Asker
from hub.commands.demo_case import ITEM, OPERATORS, PURPOSE, UNIT
from hub.commands.demo_ground import Home
from hub.commands.demo_opening import Running
from hub.sandbox.examples import Examples

SHORT = """\
query ($subject: SubjectInput!, $purpose: PurposeInput!) {
  certificate(type: "resident_id_card", subject: $subject, purpose: $purpose) {
    __typename
    ... on Found { source { name } certificate { number validUntil ... on ResidentIdCard { name address } } }
    trail { source { name } tier said took }
  }
}"""


def welcome(home: Home, running: Running) -> str:
    """Where to look, the keys, the sandbox platforms and the desk with their dials."""
    url, keys, urls = running.url, running.ground.keys, running.sandbox.urls
    platforms = "\n".join(f"  {name:24}{where}" for name, where in urls.items())
    province, issuers, played = urls["province"], running.issuers, keys.played
    return f"""\
certhub demo 无证件证明查询枢纽 — everybody in it is invented

GraphiQL         {url}/graphiql   (key and examples are filled in)
GraphQL          {url}/graphql    (POST; subscriptions by WebSocket or SSE)
API key 密钥      {keys.window}
  of unit {UNIT}, operators {" and ".join(OPERATORS)}; item 事项 {ITEM}; revoked when the demo ends

Sandbox platforms 沙箱平台
{platforms}
  Turn a dial:   curl -X PUT {province}/sandbox/dials -d '{{"outage": true}}'
  Turn it back:  curl -X PUT {province}/sandbox/dials -d '{{}}'
  What it was asked:  curl {province}/sandbox/counts

Verification desk 核查平台, in the hub's own process; the platform verification stands behind it
  {running.desk}/api/v1/health
  Its issuers 出具单位 answer by themselves within seconds:
  Let them err:  curl -X PUT {issuers}/sandbox/dials -d '{{"error_rate": 1}}'
  You may play   {played.name_zh} ({played.code}), which issues {", ".join(played.issues)}:
  its people     {", ".join(played.verifiers)} (verifiers 核查人员), {played.keeper} (seal keeper 印章管理人员)
  their key      {keys.issuer}

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
