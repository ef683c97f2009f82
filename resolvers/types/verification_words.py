"""The closed words of assisted verification as GraphQL enums, every value described."""

from enum import Enum

from connectors.assisted_parts import DueRule, Ending, QuestionKind, RequestState
from resolvers.types.enums import describe

__all__ = ["AnswerKind", "DueRule", "Ending", "QuestionKind", "RequestState"]
"""To be taken from here, so that each is described before a type uses it."""


class AnswerKind(Enum):
    """What an answer under seal says."""

    VERIFIED = "verified"
    NO_RECORD = "no_record"
    AMBIGUOUS = "ambiguous"


describe(
    RequestState,
    "Where a request for assisted verification is (办理状态); neither end is a refusal, Article 16.",
    {
        "ISSUED": "Issued by the requester (已发起), not yet in the issuer's system.",
        "DELIVERED": "In the issuer's system (已送达): the clock runs.",
        "CLAIMED": "A named verifier has it (已签收).",
        "IN_VERIFICATION": "It is being verified (核实中).",
        "MADE": "The answer is made (已制作), not yet sealed.",
        "SEALED": "The answer is sealed (已用印), not yet sent.",
        "SENT": "All of it is answered (已发送): the clock stands.",
        "RECEIVED": "The requester confirmed the receipt (已接收).",
        "CLOSED": "At its end (已办结).",
        "CANCELLED": "The requester withdrew the case (已撤回).",
    },
    name="VerificationState",
)
describe(
    DueRule,
    "Which sentence of Article 14 set the deadline (时限依据).",
    {
        "HALF_HOUR": "Immediate items: within 30 minutes (即办事项三十分钟内).",
        "TWENTY_FOUR_HOURS": "Within 24 hours (二十四小时内).",
        "DAY_BEFORE_PROMISE": "By the working day before the promised date (承诺时限前一个工作日).",
    },
)
describe(
    QuestionKind,
    "What the issuer needs to know (询问类型).",
    {
        "DETAIL": "A detail of the case (补充细节).",
        "AMBIGUOUS_SUBJECT": "Which of several is meant (对象不明确).",
    },
)
describe(
    AnswerKind,
    "What an answer under seal says (答复类型).",
    {
        "VERIFIED": "The fields were verified (已核实).",
        "NO_RECORD": "The issuer searched and has no such record (查无记录).",
        "AMBIGUOUS": "Several fit, and which one is meant stayed open (对象不唯一).",
    },
)
describe(
    Ending,
    "How the fresh verification after an objection ended (复核结果), Article 13.",
    {
        "UPHELD": "It said the same (维持).",
        "CORRECTED": "It said otherwise: the old proof is recalled (更正).",
    },
    name="ObjectionEnding",
)
