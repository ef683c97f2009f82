"""What the story of one verification asks of the hub."""

from textwrap import dedent

from hub.commands.outcomes import OUTCOME

OBTAIN = dedent(f"""\
mutation Obtain($subject: SubjectInput!, $purpose: PurposeInput!) {{
  obtainDossier(subject: $subject, purpose: $purpose) {{
    item {{ name }}
    entries {{ outcome {{{OUTCOME}
      ... on Pending {{ verification {{ id issuer {{ name }} issuerCode due {{ at }} }} }}
    }} }}
  }}
}}
""")
CHANGED = """\
subscription Changed($id: ID!, $operator: ID!) {
  verificationRequestChanged(id: $id, operator: $operator) {
    state verifier objections { review ending }
  }
}
"""
PROOF = """
    __typename
    ... on Proof { documentNumber kind sealedAt validUntil checks { name title result message } }
    ... on ProofRefused { documentNumber checks { name title result message } }
    ... on ProofUnavailable { reason remedy }
"""
ANSWER = f"""\
query Answer($id: ID!, $operator: ID!) {{
  verificationRequest(id: $id, operator: $operator) {{
    deliveries {{
      number recalledBy
      certificate {{ attributes {{ name label labelZh value }} }}
      proof {{{PROOF}}}
    }}
  }}
}}
"""
RECEIVE = f"""\
query Receive($type: ID!, $subject: SubjectInput!, $purpose: PurposeInput!) {{
  certificate(type: $type, subject: $subject, purpose: $purpose) {{
    __typename
    ... on Found {{
      source {{ name }}
      certificate {{ attributes {{ name label labelZh value }} }}
      proof {{{PROOF}}}
    }}
  }}
}}
"""
CONFIRM = """\
mutation Confirm($request: ID!, $operator: ID!) {
  confirmReceipt(request: $request, operator: $operator) {
    __typename ... on StepRejected { reason remedy }
  }
}
"""
OBJECT = """\
mutation Object($request: ID!, $operator: ID!, $grounds: String!) {
  raiseObjection(request: $request, delivery: 1, operator: $operator, grounds: $grounds) {
    __typename
    ... on StepTaken { request { objections { review } } }
    ... on StepRejected { reason remedy }
  }
}
"""
RECALLED = """\
subscription Recalled($operator: ID!, $since: DateTime) {
  recalled(operator: $operator, since: $since) { request reference at correctedBy }
}
"""
RECALLS = """\
query Recalls($operator: ID!, $since: DateTime) {
  recalls(operator: $operator, since: $since) { request reference at correctedBy }
}
"""
