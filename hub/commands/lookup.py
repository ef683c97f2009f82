"""`certhub lookup`: one lookup from the terminal, against a running hub."""

import asyncio
import json
from typing import Annotated

import typer

from hub.commands.asking import Document, asker
from hub.commands.outcomes import LOOKUP, read_outcome, show_outcome
from hub.commands.terminal import out
from hub.commands.trouble import CommandFailed
from hub.settings import PREFIX

URL = "http://127.0.0.1:8080/graphql"
KEY_VARIABLE, URL_VARIABLE = f"{PREFIX}API_KEY", f"{PREFIX}URL"


def lookup(
    certificate: Annotated[
        str, typer.Argument(help="Certificate type (证照类型), e.g. resident_id_card.")
    ],
    item: Annotated[str, typer.Option(help="Service item (事项编码), e.g. 许可-00757-000.")],
    case: Annotated[str, typer.Option(help="Case number (办件编号).")],
    operator: Annotated[str, typer.Option(help="The clerk (操作人员) who asks, of the key's own.")],
    person: Annotated[
        str | None, typer.Option(metavar="ID", help="A person's resident id (公民身份号码).")
    ] = None,
    organisation: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="An organisation's credit code (统一社会信用代码)."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Their name (姓名或名称); some platforms need it.")
    ] = None,
    url: Annotated[
        str, typer.Option(envvar=URL_VARIABLE, help="GraphQL URL of a running hub.")
    ] = URL,
    key: Annotated[
        str | None,
        typer.Option(envvar=KEY_VARIABLE, help="API key (接口密钥), better given by its variable."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as JSON.")] = False,
) -> None:
    """Look up one certificate (查询一项证照) and show the answer and who was asked.

    It is a real lookup: it needs a key and a purpose, and it leaves a record.
    """
    if not key:
        raise CommandFailed(
            f"a lookup needs an API key: --key or {KEY_VARIABLE}. `certhub keys create` makes one."
        )
    purpose = {"item": item, "case": case, "operator": operator}
    variables = {
        "type": certificate,
        "subject": _subject(person, organisation, name),
        "purpose": purpose,
    }
    asyncio.run(_lookup(url, key, variables, as_json=as_json))


def _subject(person: str | None, organisation: str | None, name: str | None) -> Document:
    match person, organisation:
        case str(), None:
            return {"person": {"residentId": person, "name": name}}
        case None, str():
            return {"organisation": {"creditCode": organisation, "name": name}}
    raise CommandFailed("give one subject: --person ID or --organisation CODE, with --name.")


async def _lookup(url: str, key: str, variables: Document, *, as_json: bool) -> None:
    async with asker(url, key) as hub:
        data = await hub.ask(LOOKUP, variables)
    if as_json:
        typer.echo(json.dumps(data["certificate"], ensure_ascii=False, indent=2))
    else:
        show_outcome(out(), read_outcome(data["certificate"]))
