"""The hub's closed words as GraphQL enums, every value described."""

from collections.abc import Mapping
from enum import Enum

import strawberry

from connectors.contract import ValueKind
from hub.catalogue.rows import Measure, UnitKind
from hub.declarations.words import Sensitivity
from hub.evidence import DenialRule, HolderKind, Role, Said, Step, Tier
from hub.routing.breaker import BreakerState
from hub.routing.observation import SourceState


class Sex(Enum):
    """Sex as GB/T 2261.1 codes it."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


class LegalForce(Enum):
    """What an electronic certificate is worth beside paper."""

    AS_PAPER = "as_paper"
    EXCEPTED = "excepted"


def describe(
    words: type[Enum], description: str, values: Mapping[str, str], name: str | None = None
) -> None:
    """Make an enum of the hub a GraphQL enum; every member must be described."""
    strawberry.enum(words, name=name, description=description)
    definition = words.__strawberry_definition__  # type: ignore[attr-defined]  # set by strawberry
    for value in definition.values:
        value.description = values[value.name]


describe(
    Tier,
    "Priority of a source (层级), best first, Article 13.",
    {
        "PROVINCIAL": "Provincial sharing platform (省公共数据共享平台), asked first.",
        "MUNICIPAL": "Municipal sharing platform (市公共数据共享平台), asked second.",
        "SUPPLEMENTARY": "Verification platform (电子证明共享核查平台), which supplements the two.",
    },
)
describe(
    HolderKind,
    "Whom a certificate is about (持有人类型).",
    {"PERSON": "A natural person (自然人).", "ORGANISATION": "An organisation (法人或其他组织)."},
)
describe(
    Said,
    "What one source said, or why it said nothing (应答情况). Silence is not absence.",
    {
        "HELD": "It holds the certificate (有).",
        "NOT_HELD": "It answered that it holds none (无).",
        "UNREACHABLE": "No connection (无法连接).",
        "TIMED_OUT": "No answer in time (超时).",
        "REFUSED": "It answered with an error (拒绝).",
        "QUOTA_SPENT": "Its quota is used up (配额用尽).",
        "GARBLED": "Its answer could not be read or trusted (应答异常).",
        "RESTING": "It was not asked, as it failed of late, its quota is spent or it is in maintenance "
        "(暂停查询).",
        "INCOMPLETE": "It needs a fact the lookup lacks, such as the name; it was not asked (缺少参数).",
    },
    name="AttemptOutcome",
)
describe(
    Step,
    "What can be done where no source holds the certificate (下一步).",
    {
        "VERIFICATION": "Ask the issuer to verify by hand (协助核实), Article 14.",
        "COMMITMENT": "The applicant commits in writing (告知承诺), Article 10.",
        "PRESENT_IN_PERSON": "Face recognition or app e-licence at the counter (可信认证), Article 12.",
        "BRING": "Nothing else is left: the applicant brings it (申请人提交).",
    },
    name="NextStep",
)
describe(
    Role,
    "What a person of a unit may do in assisted verification (人员角色), Article 17.",
    {
        "OPERATOR": "Looks up, asks, answers questions, confirms, objects (操作人员).",
        "VERIFIER": "Verifies and makes the answer (核查人员).",
        "SEAL_KEEPER": "Checks the answer, seals and sends it (印章管理人员).",
        "COORDINATOR": "Reassigns, forwards, explains delays (管理责任人员).",
        "SUPERVISOR": "Supervises and urges (监督检查人员).",
    },
)
describe(
    DenialRule,
    "Why a lookup may not be answered (不予查询规则).",
    {
        "UNKNOWN_OPERATOR": "The operator (操作人员) is not one of the caller's own.",
        "ITEM_NOT_IN_CATALOGUE": "Outside the catalogue no item (目录之外无事项).",
        "ITEM_OF_ANOTHER_UNIT": "The item belongs to another unit (非本单位事项).",
        "CERTIFICATE_NOT_IN_CATALOGUE": "Outside the catalogue no certificate (目录之外无证明).",
        "OUT_OF_SCOPE": "The row is outside the regulation's scope (不适用本规定).",
        "WRONG_HOLDER_KIND": "A person was given where an organisation is meant, or the reverse (持有人类型不符).",
        "NOT_BY_LOOKUP": "The row's measures hold no electronic lookup (非电子核查措施).",
    },
)
describe(
    Measure,
    "The five ways to do without paper (办事措施), Article 9, in the order of the row.",
    {
        "FACE": "Trusted identity by face (个人身份可信认证).",
        "APP_LICENCE": "E-licence in the 浙里办 or 阿拉警察 app (APP电子证照).",
        "SHARING": "Provincial and municipal sharing platforms (公共数据共享平台).",
        "VERIFICATION": "Supplementary verification platform (电子证明共享核查平台).",
        "COMMITMENT": "Notification and commitment (告知承诺制).",
    },
)
describe(
    UnitKind,
    "What kind of unit takes part (单位类型), Articles 3 and 21.",
    {
        "GOVERNMENT": "Administrative organ (行政机关).",
        "AUTHORISED_ORGANISATION": "Organisation authorised by law (依法授权的组织).",
        "PUBLIC_UTILITY": "Public utility: water, power, gas (公用事业服务单位).",
        "BANK": "Bank (银行).",
        "INSURER": "Insurer (保险).",
        "SCHOOL": "School (学校).",
        "OTHER": "Another unit taking part by reference (其他参照单位).",
    },
)
describe(
    SourceState,
    "How a source has answered lately (来源状态), seen from this process.",
    {
        "UNKNOWN": "Not asked yet (未知).",
        "ANSWERING": "Its last call was answered (正常).",
        "FAILING": "Its last call was not answered (异常).",
    },
)
describe(
    BreakerState,
    "Whether an interface is asked (熔断状态), after it has failed of late.",
    {
        "CLOSED": "It is asked (正常).",
        "OPEN": "It rests (熔断), or its quota is spent; the next source is asked.",
        "HALF_OPEN": "Its rest is over: one question finds out whether it answers again (试探).",
    },
)
describe(
    Sensitivity,
    "How carefully a field is to be handled (敏感级别, GB/T 35273).",
    {
        "PUBLIC": "Public (公开).",
        "PERSONAL": "Personal information (个人信息).",
        "SENSITIVE": "Sensitive personal information (敏感个人信息).",
    },
)
describe(
    ValueKind,
    "How the value of a field is written (数据类型).",
    {
        "TEXT": "Text (文本).",
        "IDENTIFIER": "A resident id or credit code, which may come masked (证件号码).",
        "SEX": "Sex, GB/T 2261.1 (性别).",
        "DATE": "A date (日期).",
        "DECIMAL": "A decimal number (数值).",
        "INTEGER": "A whole number (整数).",
        "BOOLEAN": "Yes or no (是否).",
        "TEXTS": "A list of texts (文本列表).",
    },
)
describe(
    Sex,
    "Sex as GB/T 2261.1 codes it (性别).",
    {"MALE": "Male (男).", "FEMALE": "Female (女).", "UNKNOWN": "Not stated (未说明)."},
)
describe(
    LegalForce,
    "What the electronic certificate is worth (法律效力), Article 13.",
    {
        "AS_PAPER": "The same as paper (与纸质同等效力).",
        "EXCEPTED": "A law says otherwise for this row (法律法规另有规定).",
    },
)
