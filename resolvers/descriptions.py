"""Descriptions of what the libraries bring in, and of every argument: one meaning for one name."""

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

ARGUMENTS = {
    "type": "Name of the certificate type (证照类型), e.g. resident_id_card; `certificateTypes` lists them.",
    "subject": "Whom the certificate is about (证件持有人).",
    "purpose": "What it is for (用途): item, case, operator.",
    "within": "The time the answer may take (查询时限), in milliseconds; what is not found by then says "
    "which sources were silent. Left out: what is usual here, 3,000 by default.",
    "maxAge": "How old an answer that is used again may be (可复用时限), in seconds; 0: none is used "
    "again. Left out: what the certificate type allows.",
    "lookups": "What to look up (查询列表); outcomes come in the same order.",
    "code": "Code of the item (事项编码).",
    "unit": "Code of a unit (单位编码).",
    "search": "Words that must all occur (检索词).",
    "name": "Name or GB/T 36903 code of a certificate type (证照类型).",
    "filter": "Which rows (筛选条件).",
    "id": "A global id (全局标识), as any `id` field of a node gives it.",
    "first": "At most so many, from the start (前n项), up to 100.",
    "after": "Only what comes after this cursor (起始游标).",
    "last": "At most so many, from the end (后n项), up to 100.",
    "acceptedOn": "The day the case was accepted (受理日期), of an objection not before its answer was sent; "
    "never in the future; today in China if left out.",
    "fields": "Fields to be verified (核实字段); all that the catalogue row grants if left out.",
    "issuer": "Code of the unit that is to verify (核实单位编码); needed where several units issue it.",
    "request": "Id of the request on the verification platform (请求编号).",
    "by": "The person who acts (经办人), one of the caller's own in the role that this needs; "
    "`me { people { name roles } }` lists them.",
    "kind": "What is asked (询问类型).",
    "question": "The question, in words (问题).",
    "to": "Whom it goes to (去向): the code of a unit, or a verifier of the caller's own.",
    "findings": "What was found (核实结果).",
    "seal": "Number of the seal (印章编号); the keeper's only one if left out.",
    "estimate": "By when the answer will come (预计答复时间), with its zone.",
    "words": "What is urged, in words (督办内容).",
    "operator": "The clerk who acts (操作人员), one of the caller's own.",
    "reason": "Why, in words (原因).",
    "text": "The answer, in words (答复内容).",
    "delivery": "Number of the delivery (答复序号).",
    "grounds": "What is doubted and why (异议理由).",
    "evenIfSilent": "Ask the issuer also where a source was silent (来源未应答时也发起核实). Silence is not "
    "absence, so by default only where every source answered that it holds none.",
    "document": "The document to be checked (待核验文件), PDF in Base64.",
    "twin": "Its machine-readable twin (机读副本), JSON in Base64.",
    "since": "Only what happened from this moment on (起始时间), with its zone.",
    "digest": "SHA-256 of the text that the applicant accepted (文本校验码), from `commitment`.",
    "manner": "How the applicant accepted it (承诺方式).",
    "key": "A key of the caller's own for this write (幂等键): the same key is the same write.",
    "before": "Only what comes before this cursor (结束游标).",
}
ROOTS = {
    "Query": "What the hub can be asked (查询).",
    "Mutation": "What the hub can be told to do (办理).",
}
TYPES = {
    "Base64": "Bytes (字节数据) in Base64, RFC 4648.",
    "Date": "A date (日期), yyyy-MM-dd.",
    "DateTime": "A moment (时间) with its zone, ISO 8601.",
    "Decimal": "A decimal number (数值) as text, so that no digit is lost.",
    "Node": "Anything with a global id (节点), after Relay.",
    "PageInfo": "Where a page lies in its list (分页信息).",
}
FIELDS = {
    "id": "Its global id (全局标识).",
    "pageInfo": "Where this page lies (分页信息).",
    "edges": "The entries of this page (条目).",
    "cursor": "Its place in the list (游标).",
    "node": "The entry itself (节点).",
    "hasNextPage": "Whether more follow (是否有下一页).",
    "hasPreviousPage": "Whether others precede (是否有上一页).",
    "startCursor": "Cursor of the first entry (首游标).",
    "endCursor": "Cursor of the last entry (尾游标).",
}


def describe_schema(schema: GraphQLSchema) -> None:
    """Put a description on every argument, and on types and fields that come from libraries."""
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        if name.endswith("Edge"):
            kind.description = "An entry with its cursor (条目及游标)."
        elif name in TYPES or name in ROOTS:
            kind.description = TYPES.get(name) or ROOTS[name]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            _describe_fields(kind)


def _describe_fields(kind: GraphQLObjectType | GraphQLInterfaceType) -> None:
    library = kind.name in TYPES or kind.name.endswith(("Edge", "Connection"))
    for name, field in kind.fields.items():
        if library or (name == "id" and "Node" in {one.name for one in kind.interfaces}):
            field.description = FIELDS.get(name, field.description)
        for argument, declared in field.args.items():
            declared.description = ARGUMENTS[argument]
