"""A proof that was recalled is not accepted from whoever hands it in (Article 13)."""

from hub.assisting.proofs import Proven
from hub.compose import Hub
from hub.evidence import Requester
from hub.notary.verdict import Check
from tests.assisting.ground import ASKING, OPERATOR, OTHER, PERSON, DeskGround
from tests.assisting.test_proofs import answered, correct, proof, seen


async def test_a_recalled_document_is_refused(hub: Hub, ground: DeskGround) -> None:
    """Accepted until it is recalled, then refused for every unit; its correction is accepted."""
    view = await answered(hub, ground)
    came = await proof(hub, view)
    assert isinstance(came, Proven)
    proofs, pdf = hub.assisting.proofs, came.sealed.pdf
    assert (await proofs.examine(ASKING, pdf, PERSON, came.sealed.twin)).accepted

    _, review = await correct(hub, ground, view)
    corrected = await proof(hub, await seen(hub, review), request_id="r-2")

    for asking in (ASKING, Requester("k", OTHER, frozenset({OPERATOR}))):
        refused = await proofs.examine(asking, pdf, PERSON, came.sealed.twin)
        assert [one.name for one in refused.failed] == [Check.NOT_EXPIRED]
        assert "recalled (已撤回)" in refused.failed[0].message
    assert isinstance(corrected, Proven)
    assert (await proofs.examine(ASKING, corrected.sealed.pdf, PERSON, None)).accepted
