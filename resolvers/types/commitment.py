"""Commitment (告知承诺): what is offered, and what became of its acceptance."""

from datetime import datetime
from typing import Annotated, assert_never

import strawberry
from strawberry.scalars import Base64

from hub.commitment import words
from hub.commitment.words import CommitmentRule, Manner
from hub.evidence import DenialRule
from resolvers.types.enums import describe

describe(
    Manner,
    "How the applicant accepted the text (承诺方式).",
    {
        "PAPER": "Signed on paper at the counter (窗口书面签署).",
        "APP": "Confirmed in the app under the applicant's own identity (APP本人确认).",
    },
    name="CommitmentManner",
)
describe(
    CommitmentRule,
    "Why no commitment is offered (不适用告知承诺的原因), Article 10.",
    {
        "NOT_ADMITTED": "The catalogue does not admit it at all (目录外): see `denial`.",
        "NOT_IN_ROW": "The catalogue's row does not allow a commitment (目录未列告知承诺).",
        "EXCLUDED_KIND": "No commitment is taken for this kind of certificate (不适用的证明种类).",
        "PAPER_BY_LAW": "A law wants the certificate itself (法律法规另有规定).",
        "BY_AGENT": "An agent can't commit for the applicant (代理人不得代为承诺).",
        "ABOUT_ANOTHER": "The certificate is about somebody else (非本人事实).",
    },
)


@strawberry.type(description="One line above the text (事项信息): what it is called, what it is.")
class CommitmentLine:
    name: str = strawberry.field(description="What it is called (名称), e.g. 办理事项.")
    value: str = strawberry.field(description="What it is (内容).")


@strawberry.type(
    description="What the applicant is told and commits to (告知承诺书), in Chinese; nobody is named "
    "in it, only on its page."
)
class CommitmentText:
    title: str = strawberry.field(description="Its title (标题).")
    about: list[CommitmentLine] = strawberry.field(
        description="Item, unit, certificate and issuer (事项信息)."
    )
    proves: list[str] = strawberry.field(description="What is to be proven (证明事项).")
    duties: list[str] = strawberry.field(
        description="What the applicant is told: basis, conditions, duties (告知内容)."
    )
    promises: list[str] = strawberry.field(description="What the applicant commits to (承诺内容).")
    liabilities: list[str] = strawberry.field(
        description="What a false commitment leads to (虚假承诺的责任)."
    )
    checks: list[str] = strawberry.field(description="How it will be checked (核查方式).")
    text: str = strawberry.field(description="All of it, line by line (全文).")
    digest: strawberry.ID = strawberry.field(
        description="SHA-256 of the whole text (文本校验码), its version: `acceptCommitment` wants it."
    )
    document: Base64 = strawberry.field(
        description="The page to be signed (承诺书), a PDF in Base64, with the applicant's name and "
        "number."
    )


@strawberry.type(description="No commitment here (不适用告知承诺), and what to do instead.")
class CommitmentNotOffered:
    rule: CommitmentRule = strawberry.field(description="Which rule (规则).")
    denial: DenialRule | None = strawberry.field(
        description="Which rule of admission (准入规则), where `rule` is NOT_ADMITTED."
    )
    article: str = strawberry.field(description="Which article of the regulation (条款).")
    remedy: str = strawberry.field(description="What to do about it (处理办法).")


@strawberry.type(description="An acceptance on record (已留痕的承诺).")
class Commitment:
    id: strawberry.ID = strawberry.field(description="Id of the record (承诺编号).")
    accepted_at: datetime = strawberry.field(description="When it was put on record (承诺时间).")
    manner: Manner = strawberry.field(description="How it was accepted (承诺方式).")
    digest: strawberry.ID = strawberry.field(
        description="SHA-256 of the text that was accepted (文本校验码)."
    )
    repeated: bool = strawberry.field(description="True where it was on record already (重复提交).")


@strawberry.type(
    description="The text is another one now (文本已变更): nothing is on record; show the new one."
)
class CommitmentTextChanged:
    digest: strawberry.ID = strawberry.field(
        description="SHA-256 of the text in force (现行文本校验码)."
    )
    remedy: str = strawberry.field(description="What to do about it (处理办法).")


CommitmentOffer = Annotated[
    CommitmentText | CommitmentNotOffered,
    strawberry.union(
        "CommitmentOffer", description="The text (告知承诺书), or why there is none (不适用原因)."
    ),
]
CommitmentResult = Annotated[
    Commitment | CommitmentTextChanged | CommitmentNotOffered,
    strawberry.union("CommitmentResult", description="What became of an acceptance (承诺结果)."),
]


def shown_text(text: words.CommitmentText, page: bytes) -> CommitmentText:
    """A text with its page, as GraphQL shows it."""
    return CommitmentText(
        title=text.title,
        about=[CommitmentLine(name=name, value=value) for name, value in text.about],
        proves=list(text.proves),
        duties=list(text.duties),
        promises=list(text.promises),
        liabilities=list(text.liabilities),
        checks=list(text.checks),
        text=text.plain,
        digest=strawberry.ID(text.digest),
        document=Base64(page),
    )


def not_offered(told: words.NotOffered) -> CommitmentNotOffered:
    """Why there is none, as GraphQL shows it."""
    return CommitmentNotOffered(
        rule=told.rule, denial=told.denial, article=told.article, remedy=told.remedy
    )


def shown_acceptance(
    came: words.Accepted | words.TextChanged | words.NotOffered,
) -> Commitment | CommitmentTextChanged | CommitmentNotOffered:
    """What became of an acceptance, as GraphQL shows it."""
    match came:
        case words.Accepted(record=record, repeated=repeated):
            return Commitment(
                id=strawberry.ID(record.id),
                accepted_at=record.at,
                manner=record.manner,
                digest=strawberry.ID(record.digest),
                repeated=repeated,
            )
        case words.TextChanged(offered=offered):
            return CommitmentTextChanged(digest=strawberry.ID(offered.text.digest), remedy=_CHANGED)
        case words.NotOffered():
            return not_offered(came)
        case _:
            assert_never(came)


_CHANGED = (
    "The applicant read another text than the one in force (告知承诺书已变更): ask `commitment` for "
    "it, have the applicant read and accept it, and send its digest."
)
