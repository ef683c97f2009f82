"""The real connectors, pointed at the sandbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.contract import Answer, Connector, ConnectorError, Endpoint, Inquiry
from connectors.dialects import find_dialect
from connectors.http import open_http
from hub.declarations.credentials import credential_of
from hub.sandbox.population import Person
from hub.sandbox.relations import Subject
from hub.sandbox.sandbox import Sandbox

ITEM = "许可-00757-001"


def inquiry(subject: Subject) -> Inquiry:
    """Everything that may be known of the subject and the purpose."""
    facts = {
        "subject.id": subject.identifier,
        "subject.name": subject.name,
        "applicant.id": subject.identifier,
        "applicant.name": subject.name,
        "purpose.item": ITEM,
        "purpose.case": "20250701-0001",
        "purpose.operator": "op-1",
        "purpose.material": "材料",
        "purpose.sponsor_name": "宁波市住房和城乡建设局",
        "purpose.sponsor_code": "11330200002973105R",
        "today.year": "2026",
        "today.month": "03",
    }
    if isinstance(subject, Person):
        facts |= {"subject.sex": subject.sex, "subject.born_on": f"{subject.born_on:%Y%m%d}"}
    return Inquiry(facts)


@asynccontextmanager
async def connected(sandbox: Sandbox, name: str) -> AsyncIterator[Connector]:
    """The real connector of one sandbox platform."""
    platform = sandbox.platforms[name]
    credential = credential_of(platform, sandbox.credentials)
    endpoint = Endpoint(name, platform.url, credential, platform.concurrency, platform.batch)
    async with open_http() as http:
        yield find_dialect(platform.dialect).connect(endpoint, platform.options, http)


async def ask(
    sandbox: Sandbox, platform: str, certificate: str, *subjects: Subject
) -> list[Answer | ConnectorError]:
    """What the connector makes of the platform's answers."""
    interface = sandbox.platforms[platform].interfaces[certificate]
    async with connected(sandbox, platform) as connector:
        return await connector.fetch(interface, [inquiry(subject) for subject in subjects])
