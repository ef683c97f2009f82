"""Pages of requests, as the verification platform gives them: from the start on, by its cursors."""

from typing import Self

import strawberry
from strawberry import relay
from strawberry.relay.utils import from_base64, to_base64

from connectors.assisted_parts import Officer
from connectors.assisted_words import PageView
from resolvers.context import Context
from resolvers.errors import CallerError, Code
from resolvers.types.verification import VerificationRequest

LONGEST_PAGE = 100
USUAL_PAGE = 50
OURS = "requests"


@strawberry.type(description="A page of requests for assisted verification (协助核实请求分页列表).")
class VerificationRequestConnection:
    nodes: list[VerificationRequest] = strawberry.field(description="The requests (请求).")
    page_info: relay.PageInfo = strawberry.field(
        description="Where this page lies (分页信息): give `endCursor` as `after` for the next."
    )

    @classmethod
    def of(
        cls, context: Context, page: PageView, after: str | None, viewer: Officer | None = None
    ) -> Self:
        end = None if page.next is None else to_base64(OURS, page.next)
        return cls(
            nodes=[VerificationRequest.of(context, one, viewer) for one in page.requests],
            page_info=relay.PageInfo(
                has_next_page=end is not None,
                has_previous_page=after is not None,
                start_cursor=after,
                end_cursor=end,
            ),
        )


def page_size(context: Context, first: int | None) -> int:
    """How many requests a page may hold; counted as entries explored."""
    size = USUAL_PAGE if first is None else first
    if not 1 <= size <= LONGEST_PAGE:
        raise CallerError(
            Code.BAD_INPUT,
            f"A page holds 1 to {LONGEST_PAGE} requests.",
            f"Give `first` from 1 to {LONGEST_PAGE}, and take further pages by `after`.",
        )
    context.explore(size)
    return size


def platform_cursor(after: str | None) -> str | None:
    """The platform's own cursor inside ours; anything else is refused."""
    if after is None:
        return None
    try:
        ours, cursor = from_base64(after)
    except ValueError:
        ours, cursor = "", ""
    if ours != OURS:
        raise CallerError(
            Code.BAD_INPUT,
            "`after` is no cursor of such a page.",
            "Give `pageInfo { endCursor }` of the page before, as it is.",
        )
    return cursor
