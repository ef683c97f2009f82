"""The Chinese wording of a commitment (告知承诺书), from the row, the item, the unit and the type."""

from hub.catalogue.rows import CatalogueRow, Measure, ServiceItem, Unit
from hub.commitment.words import CommitmentText
from hub.declarations.words import CertificateType

TITLE = "证明事项告知承诺书"


def commitment_text(
    row: CatalogueRow, item: ServiceItem, unit: Unit, declared: CertificateType
) -> CommitmentText:
    """The text in force for a row: what is to be proven, told, committed to, and what follows."""
    proof = f"“{declared.title_zh}”"
    return CommitmentText(
        title=TITLE,
        about=(
            ("办理事项", f"{item.name_zh}（{item.code}）"),
            ("办理单位", unit.name_zh),
            ("证明名称", declared.title_zh),
            ("出具单位", row.issuer_zh),
        ),
        proves=(_proven(row, item, declared),),
        duties=_numbered(*_duties(row, item, proof)),
        promises=_numbered(*_promises(item, proof)),
        liabilities=_numbered(*_LIABILITIES),
        checks=_numbered(*_checks(row)),
    )


def _proven(row: CatalogueRow, item: ServiceItem, declared: CertificateType) -> str:
    labels = [field.label_zh for field in declared.fields.values() if field.name in row.granted]
    told = f"所载{'、'.join(labels)}等事实" if labels else "所载事实"
    return f"办理“{item.name_zh}”应当证明的，{row.issuer_zh}出具的“{declared.title_zh}”{told}。"


def _duties(row: CatalogueRow, item: ServiceItem, proof: str) -> tuple[str, ...]:
    return (
        "依据《宁波市保障“无证件（证明）办事之城”改革若干规定（试行）》第九条、第十条，"
        f"办理“{item.name_zh}”时，{proof}实行证明事项告知承诺制。",
        f"申请人可以自主选择是否承诺。不愿承诺或者不能承诺的，{_otherwise(row, proof)}。",
        "承诺由申请人本人（单位）以书面形式作出，代理人不得代为承诺。",
        "申请人有较严重的不良信用记录，或者曾经作出虚假承诺的，在信用修复前不适用告知承诺制。",
        "承诺书自申请人签署之日起生效，仅用于办理本事项，存入办件档案，不向社会公开。",
    )


def _otherwise(row: CatalogueRow, proof: str) -> str:
    if Measure.VERIFICATION in row.measures:
        return f"由办理单位请求{row.issuer_zh}协助核实，或者由申请人提交{proof}"
    return f"由申请人提交{proof}"


def _promises(item: ServiceItem, proof: str) -> tuple[str, ...]:
    return (
        "已经知晓并理解办理单位告知的全部内容。",
        f"已经符合办理“{item.name_zh}”所要求的条件，{proof}所证明的事实真实存在并且现行有效。",
        "所填写和提交的信息真实、准确、完整；事实发生变化的，及时告知办理单位。",
        "愿意配合办理单位和有关部门的核查，并授权其为核查目的查询有关信息。",
        "愿意承担虚假承诺的法律责任。",
        "以上承诺是承诺人的真实意思表示。",
    )


_LIABILITIES = (
    "事项尚未办结的，终止办理；已经办结的，依法撤销所作的决定，追回因此取得的利益。",
    "虚假承诺的情况依法记入信用记录，在信用修复前不再适用告知承诺制。",
    "违反法律、法规的，依法给予处罚；给他人造成损失的，依法承担民事责任；"
    "构成犯罪的，依法追究刑事责任。",
)


def _checks(row: CatalogueRow) -> tuple[str, ...]:
    ways = {
        Measure.SHARING: "通过省、市公共数据共享平台核对",
        Measure.VERIFICATION: f"通过市电子证明共享核查平台请求{row.issuer_zh}协助核实",
    }
    by_row = tuple(f"{way}。" for measure, way in ways.items() if measure in row.measures)
    return (
        *by_row,
        "采用书面函询、实地核查等方式核实。",
        "核查可以在办结之前或者办结之后进行；发现承诺不实的，按照第四部分处理。",
    )


def _numbered(*sentences: str) -> tuple[str, ...]:
    return tuple(f"{number}. {sentence}" for number, sentence in enumerate(sentences, 1))
