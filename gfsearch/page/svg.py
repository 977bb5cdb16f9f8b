"""Figures as parts of a page: SVG that shares it with others and is read aloud."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from markupsafe import Markup

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_DECIMALS = re.compile(r"(-?\d+\.\d\d)\d+")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_CSS_PIXELS = 96 / 72


def inline(svg: str, name: str, title: str) -> Markup:
    """An SVG file of ours as an element of a page.

    What would leak into the page is taken away (style sheets, names that several
    figures use), and so is what nobody sees (metadata, digits beyond a hundredth of a
    point).

    Args:
        svg: The text of a file that matplotlib wrote.
        name: Unique on the page.
        title: What the figure shows, for those who do not see it.
    """
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
    used = {reference for e in root.iter() for reference in _references(e)}
    for element in root.iter():
        _make_own(element, name, used)
    width = float(root.attrib.pop("width").removesuffix("pt")) * _CSS_PIXELS
    for attribute in ("height", "version"):
        del root.attrib[attribute]
    root.attrib |= {
        "class": "figure",
        "role": "img",
        "aria-label": title,
        "style": f"width: {width:.0f}px",
    }
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _references(element: ElementTree.Element) -> list[str]:
    """The names of other elements that an element uses."""
    found = [
        name for text in element.attrib.values() for name in _REFERENCE.findall(text)
    ]
    return [*found, element.attrib.get(_XLINK, "#")[1:]]


def _make_own(element: ElementTree.Element, name: str, used: set[str]) -> None:
    """Prefix the names of an element and of those it uses; round its numbers."""
    own = element.attrib.pop("id", None)
    for attribute, text in element.attrib.items():
        text = _REFERENCE.sub(rf"url(#{name}-\1)", text)
        if attribute in ("d", "x", "y", "width", "height", "transform"):
            text = _DECIMALS.sub(r"\1", text)
        element.attrib[attribute] = text
    if own in used:
        element.attrib["id"] = f"{name}-{own}"
    if _XLINK in element.attrib:
        element.attrib["href"] = f"#{name}-{element.attrib.pop(_XLINK)[1:]}"
