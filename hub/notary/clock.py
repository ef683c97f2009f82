"""The platform's own clock: timestamps (RFC 3161) signed in this process, without a network."""

import secrets
from datetime import datetime

from asn1crypto import algos, cms, tsp
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import TimeStamper

POLICY = "2.25.305939458340931584870913061437041532929"
"""Our timestamping policy; an object identifier made from a UUID, so nobody else's."""


class OwnClock(TimeStamper):
    """Confirms one moment, which it is given; `digest` is its own key's, whatever it confirms."""

    def __init__(self, signer: Signer, digest: str, at: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pyHanko leaves it without types
        self._signer = signer
        self._digest = digest
        self._at = at

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A timestamp token over a digest."""
        imprint = {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": md_algorithm}),
            "hashed_message": message_digest,
        }
        told = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": POLICY,
                "message_imprint": tsp.MessageImprint(imprint),
                "serial_number": secrets.randbits(63),
                "gen_time": self._at.replace(microsecond=0),
            }
        )
        within = cms.EncapsulatedContentInfo(
            {"content_type": "tst_info", "content": cms.ParsableOctetString(told.dump())}
        )
        return await self._signer.async_sign_general_data(
            within, self._digest, detached=False, use_cades=True
        )
