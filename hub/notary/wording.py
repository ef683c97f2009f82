"""The Chinese wording of a proof: statements, values and dates as a clerk reads them."""

from datetime import date, datetime
from decimal import Decimal
from typing import assert_never

from connectors.contract import Value, ValueKind
from hub.china import CHINA
from hub.evidence import HolderKind, Subject
from hub.notary.words import AnswerKind, Content, ContentField, SealKind

_SEXES = {"male": "男", "female": "女", "unknown": "未说明"}

Row = tuple[str, str]


def heading_zh(content: Content) -> str:
    """What stands above the page; a clerk sees at once that there is no record, or only a part."""
    match content.answer:
        case AnswerKind.HELD:
            return content.title_zh
        case AnswerKind.PARTIAL:
            return f"{content.title_zh}（部分）"
        case AnswerKind.NO_SUCH_RECORD:
            return "查无记录证明"
        case AnswerKind.AMBIGUOUS:
            return "核实情况说明"
        case _:
            assert_never(content.answer)


def statement_zh(content: Content) -> str:
    """What the unit says, in one sentence."""
    who = content.holder.name or "该持有人"
    how = "核实" if content.kind is SealKind.VERIFICATION else "提取共享信息"
    match content.answer:
        case AnswerKind.HELD:
            return f"经{how}，{who}的“{content.title_zh}”信息如下："
        case AnswerKind.PARTIAL:
            return f"经{how}，{who}的“{content.title_zh}”已有信息如下："
        case AnswerKind.NO_SUCH_RECORD:
            until = moment_zh(content.made_at)
            return f"经{how}，截至{until}，未查询到{who}的“{content.title_zh}”相关记录。"
        case AnswerKind.AMBIGUOUS:
            until, which = moment_zh(content.made_at), f"与{who}相符的“{content.title_zh}”记录"
            return f"经{how}，截至{until}，{which}涉及多个对象，无法确定所指对象。"
        case _:
            assert_never(content.answer)


def holder_rows(holder: Subject) -> tuple[Row, ...]:
    """The lines that say whom the proof is about."""
    if holder.kind is HolderKind.PERSON:
        name, number = "姓名", "公民身份号码"
    else:
        name, number = "名称", "统一社会信用代码"
    rows = ((name, holder.name or ""), (number, holder.identifier))
    return tuple(row for row in rows if row[1])


def shown_fields(content: Content) -> tuple[Row, ...]:
    """Label and value of every field that has a value."""
    known = (line for line in content.fields if line.value is not None)
    return tuple((line.label_zh, _shown(line)) for line in known)


def pending_zh(content: Content) -> str:
    """Which fields are still being verified; empty where none is."""
    labels = "、".join(line.label_zh for line in content.fields if line.value is None)
    return f"以下信息尚在核实，核实后另行出具证明：{labels}。" if labels else ""


def date_zh(moment: date) -> str:
    """A date as official papers write it; a moment's date in China."""
    day = moment.astimezone(CHINA) if isinstance(moment, datetime) else moment
    return f"{day.year}年{day.month}月{day.day}日"


def moment_zh(moment: datetime) -> str:
    """A date and the time to the minute, in China."""
    return f"{date_zh(moment)} {moment.astimezone(CHINA):%H:%M}"


def _shown(line: ContentField) -> str:
    if line.kind is ValueKind.SEX and isinstance(line.value, str):
        return _SEXES.get(line.value, line.value)
    return "" if line.value is None else _value_zh(line.value)


def _value_zh(value: Value) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case str() | int() | Decimal():
            return str(value)
        case date():
            return date_zh(value)
        case tuple():
            return "、".join(value)
        case _:
            assert_never(value)
