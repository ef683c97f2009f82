"""The certificate types a hub knows: the packaged ones, and those that its settings name."""

from collections.abc import Mapping
from pathlib import Path

from hub.declarations.certificates import load_certificate_types, packaged_certificates
from hub.declarations.words import CertificateType
from hub.settings import Settings


def certificate_types(settings: Settings) -> Mapping[str, CertificateType]:
    """Every certificate type by its name; a wrong declaration raises `ConfigurationError`."""
    return load_certificate_types(*type_folders(settings))


def type_folders(settings: Settings) -> tuple[Path, ...]:
    """The folders they are declared in."""
    further = (settings.certificates,) if settings.certificates else ()
    return (packaged_certificates(), *further)
