"""XML read by a hardened parser into the same documents as JSON."""

import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from connectors.contract import Garbled
from connectors.decoding import Json

_DEEPEST = 32
_PROLOGUE = re.compile(rb"""\s*<\?xml[^>]{0,100}?encoding=["']([\w-]{1,20})""", re.ASCII)


def prologue_charset(body: bytes) -> str | None:
    """The encoding that the XML declaration names, if any."""
    found = _PROLOGUE.match(body)
    return found[1].decode() if found else None


def xml_document(text: str) -> Json:
    """The root's children by tag; repeated tags make a list, leaves are texts."""
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        raise Garbled("the answer is not XML without a DTD, or was cut off") from None
    return _document(root, _DEEPEST)


def _document(element: Element, depth: int) -> Json:
    if not depth:
        raise Garbled(f"the answer is nested deeper than {_DEEPEST}; tell the platform")
    if not len(element):
        return element.text or ""
    children: dict[str, list[Json]] = {}
    for child in element:
        children.setdefault(_tag(child), []).append(_document(child, depth - 1))
    return {tag: found[0] if len(found) == 1 else found for tag, found in children.items()}


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]
