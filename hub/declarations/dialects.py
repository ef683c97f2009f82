"""What declarations must know of a wire dialect to check a platform against it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DialectWords:
    """Words a dialect understands; without `target_key` it serves types by their own names."""

    styles: tuple[str, ...]
    credential_keys: tuple[str, ...]
    option_keys: tuple[str, ...]
    target_key: str | None


DIALECTS: Mapping[str, DialectWords] = {
    "gateway": DialectWords(
        ("query", "form", "json"), ("app_key", "app_secret"), ("lower_case_signing",), "path"
    ),
    "restapi": DialectWords(("get", "post"), ("access_key", "secret"), (), "path"),
    "bureau_xml": DialectWords(("xml",), ("username", "token", "sender"), (), "message"),
    "verification": DialectWords(("batch",), ("access_key", "secret"), (), None),
}
