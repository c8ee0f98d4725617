"""What XML a host may send: SOAP has no document type, and nobody's envelope is deep or has a million elements."""

from xml.parsers import expat

DEEPEST = 60
MOST_ELEMENTS = 20_000


def is_harmless(document: bytes) -> bool:
    """Tell whether XML is well-formed and can be read without filling the memory."""
    bounds = _Bounds()
    parser = expat.ParserCreate(namespace_separator="}")  # unbound prefixes are no XML, either
    parser.StartDoctypeDeclHandler = bounds.refuse
    parser.StartElementHandler = bounds.open
    parser.EndElementHandler = bounds.close
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, ValueError, LookupError):
        return False
    return True


class _Bounds:
    def __init__(self) -> None:
        self._depth = 0
        self._elements = 0

    def refuse(self, *_declaration: object) -> None:
        """Refuse a document type: it could declare entities that grow, or that name files."""
        raise ValueError("a document type")

    def open(self, _name: str, _attributes: object) -> None:
        """Count an element."""
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST or self._elements > MOST_ELEMENTS:
            raise ValueError("too many elements")

    def close(self, _name: str) -> None:
        """Go up again."""
        self._depth -= 1
