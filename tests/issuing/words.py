"""The GraphQL documents of these tests."""

REQUEST = """
fragment R on VerificationRequest {
  id version state verifier issuerCode outstanding fields
  subject { identifier name } case
  clarifications { question answer }
  deliveries { number answer confirmedAt }
  hops { origin to }
  draft { answer fields values { name labelZh value } searched }
}
"""
STEP = """
  __typename
  ... on StepTaken { request { ...R } }
  ... on StepRejected { reason remedy }
"""
OPEN = (
    """
mutation Open($subject: SubjectInput!, $purpose: PurposeInput!, $issuer: ID) {
  requestVerification(type: "no_marriage_record", subject: $subject, purpose: $purpose,
    issuer: $issuer) {
    __typename
    ... on Pending { verification { ...R } }
    ... on Denied { rule remedy }
    ... on Unavailable { trail { said reason } }
  }
}
"""
    + REQUEST
)
INBOX = (
    """
query Inbox($by: ID!, $first: Int, $after: ID) {
  inbox(by: $by, first: $first, after: $after) {
    nodes { ...R secondsLeft }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}
"""
    + REQUEST
)
MINE = (
    """
query Mine($id: ID!, $operator: ID!) { verificationRequest(id: $id, operator: $operator) { ...R } }
"""
    + REQUEST
)


def step(field: str, parameters: str = "", who: str = "by") -> str:
    """A mutation of one step; `parameters` as `name: Type` after the request and the person."""
    named = [one.split(":")[0].strip() for one in parameters.split(",") if one.strip()]
    declared = "".join(f", ${one.strip()}" for one in parameters.split(",") if one.strip())
    given = "".join(f", {name}: ${name}" for name in named)
    return (
        f"mutation Step($request: ID!, ${who}: ID!, $key: ID{declared}) "
        f"{{ step: {field}(request: $request, {who}: ${who}, key: $key{given}) {{ {STEP} }} }}"
        + REQUEST
    )


CLAIM = step("claimRequest")
BEGIN = step("beginVerification")
ASK = step("askRequester", "kind: QuestionKind!, question: String!")
FORWARD = step("forwardRequest", "to: ID!, reason: String!")
REASSIGN = step("reassignRequest", "to: ID!, reason: String!")
MAKE = step("makeAnswer", "findings: FindingsInput!")
RETURN = step("returnDraft", "reason: String!")
SEAL = step("sealAnswer", "seal: ID")
SEND = step("sendAnswer")
EXPLAIN = step("explainDelay", "reason: String!, estimate: DateTime")
URGE = step("urgeRequest", "words: String!")
CLARIFY = step("answerClarification", "text: String!", who="operator")
CONFIRM = step("confirmReceipt", who="operator")
CANCEL = step("cancelVerification", "reason: String!", who="operator")
