"""The bad examples: one folder per mistake, its exact message beside it."""

from pathlib import Path

from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.credentials import credential_of, load_credentials
from hub.declarations.platforms import load_platforms

BAD = Path(__file__).with_name("bad")
TYPES = load_certificate_types(packaged_certificates())
SANDBOX = packaged_certificates().parent / "sandbox" / "platforms"


def examples() -> list[Path]:
    """Every folder of a bad example."""
    return sorted(example for group in BAD.iterdir() for example in group.iterdir())


def load(example: Path) -> None:
    """Load the example as what it is: certificate types, platforms or credentials."""
    if example.parent.name == "certificates":
        load_certificate_types(example)
    elif example.parent.name == "platforms":
        load_platforms(example, {"resident_id_card": TYPES["resident_id_card"]})
    else:
        province = load_platforms(SANDBOX, TYPES)["province"]
        credential_of(province, load_credentials(example / "credentials.toml", {}))
