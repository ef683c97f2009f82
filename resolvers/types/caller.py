"""The caller: who it is and what it may ask."""

from collections.abc import Iterable
from typing import Self

import strawberry
from strawberry import relay

from hub.evidence import Role
from resolvers.context import Context, Info
from resolvers.types.catalogue import ServiceItem, Unit
from resolvers.types.connection import CountedConnection


@strawberry.type(description="A person of the caller's unit (人员), as the API key names them.")
class Person:
    name: strawberry.ID = strawberry.field(
        description="How the key and the verification desk's registry name them (人员标识)."
    )
    roles: list[Role] = strawberry.field(description="What they may do (角色), Article 17.")


@strawberry.type(description="The caller behind the API key (调用方).")
class Caller:
    key: strawberry.ID = strawberry.field(description="Id of the API key (密钥编号), not the key.")
    unit_code: strawberry.ID = strawberry.field(description="Code of its unit (单位编码).")
    operators: list[strawberry.ID] = strawberry.field(
        description="The clerks (操作人员) it may name in a purpose."
    )
    people: list[Person] = strawberry.field(
        description="Everybody the key may act for, with their roles (人员及角色)."
    )

    @classmethod
    def of(cls, context: Context) -> Self:
        requester = context.requester
        return cls(
            key=strawberry.ID(requester.key),
            unit_code=strawberry.ID(requester.unit),
            operators=[strawberry.ID(one) for one in sorted(requester.operators)],
            people=[
                Person(
                    name=strawberry.ID(name),
                    roles=[role for role in Role if role in requester.people[name]],
                )
                for name in sorted(requester.people)
            ],
        )

    @strawberry.field(
        description="Its unit (单位); null where the catalogue in force does not name it."
    )
    def unit(self, info: Info) -> Unit | None:
        return Unit.of(info.context, self.unit_code)

    @relay.connection(
        CountedConnection[ServiceItem],
        description="The items (事项) it may ask for; `search` looks in code, name and sector.",
    )
    def items(self, info: Info, search: str | None = None) -> Iterable[ServiceItem]:
        return ServiceItem.search(info.context, search, self.unit_code)
