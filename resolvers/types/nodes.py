"""Anything with a global id, found by it."""

from strawberry import relay
from strawberry.relay.utils import from_base64

from resolvers.context import Info
from resolvers.errors import CallerError, Code
from resolvers.types.catalogue import CatalogueRow, ServiceItem, Unit
from resolvers.types.declared import CertificateType
from resolvers.types.source import Source

KINDS = (CatalogueRow, CertificateType, ServiceItem, Source, Unit)
BY_NAME = {kind.__name__: kind for kind in KINDS}


def resolve_node(info: Info, global_id: str) -> relay.Node | None:
    """The node behind a global id; none where it no longer exists."""
    try:
        name, key = from_base64(global_id)
    except ValueError:
        name, key = "", ""
    if name not in BY_NAME:
        raise CallerError(
            Code.BAD_INPUT,
            "This is not a global id (全局标识) of anything here.",
            f"Take the `id` of one of {', '.join(BY_NAME)} from an earlier answer, as it is.",
        )
    return BY_NAME[name].resolve_nodes(info=info, node_ids=[key])[0]
