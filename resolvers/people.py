"""Who acts: a person of the caller's own key, in a role that the step needs."""

from hub.evidence import Role
from resolvers.context import Context
from resolvers.errors import CallerError, Code

TITLES = {
    Role.OPERATOR: "operator (操作人员)",
    Role.VERIFIER: "verifier (核查人员)",
    Role.SEAL_KEEPER: "seal keeper (印章管理人员)",
    Role.COORDINATOR: "coordinator (管理责任人员)",
    Role.SUPERVISOR: "supervisor (监督检查人员)",
}
ISSUERS = (Role.VERIFIER, Role.SEAL_KEEPER, Role.COORDINATOR)
"""Who sees what lies with a unit to be answered."""


def check_person(context: Context, argument: str, person: str, *roles: Role) -> None:
    """Refuse a person who is not of the key, or has none of the roles; who it is is not repeated."""
    requester = context.requester
    if requester.may(person, *roles):
        return
    known = person in requester.people
    wrong = "has another role" if known else "is nobody this API key names"
    needed = " or ".join(TITLES[role] for role in roles)
    options = " or ".join(f"--{role.value.replace('_', '-')}" for role in roles)
    raise CallerError(
        Code.BAD_INPUT,
        f"`{argument}` must be designated as {needed}, and {wrong}.",
        f"`me {{ people {{ name roles }} }}` shows who may do what; `certhub keys create --unit "
        f"{requester.unit}` with {options} NAME makes a key that names them.",
    )
