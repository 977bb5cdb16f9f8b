"""Figures as parts of a page: SVG that shares it with others and is read aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, fromstring, tostring

from markupsafe import Markup

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_TEXTS = ("text", "tspan")
_UNSEEN = ("metadata", "style")
_BACKGROUND = "fill: #ffffff"
_NUMBER = re.compile(r"-?\d+\.\d+")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_FONT = re.compile(r"font(-family)?: [^;]*'[^;]*; ?")
_NO_ROTATION = re.compile(r"rotate\(-0 [^)]*\)")
_CSS_PIXELS = 96 / 72


def inline(svg: str, name: str, title: str) -> Markup:
    """An SVG file of ours as an element of a page.

    What would leak into the page is taken away (style sheets, names that several
    figures use), and so is what nobody sees there (metadata, backgrounds, digits beyond
    a tenth of a point). Its text is in the page's font.

    Args:
        svg: The text of a file that matplotlib wrote.
        name: Unique on the page.
        title: What the figure shows, for those who do not see it.
    """
    root = fromstring(svg)
    used = {reference for e in root.iter() for reference in _references(e)}
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        _make_own(element, name, used)
    _thin_out(root)
    width = float(root.attrib.pop("width").removesuffix("pt")) * _CSS_PIXELS
    for attribute in ("height", "version"):
        del root.attrib[attribute]
    root.attrib |= {
        "class": "figure",
        "role": "img",
        "aria-label": title,
        "style": f"--width: {width:.0f}px",
    }
    return Markup(tostring(root, encoding="unicode"))


def _references(element: Element) -> Iterator[str]:
    """The names of other elements that an element uses."""
    for text in element.attrib.values():
        yield from _REFERENCE.findall(text)
    if _XLINK in element.attrib:
        yield element.attrib[_XLINK][1:]


def _make_own(element: Element, name: str, used: set[str]) -> None:
    """Prefix the names of an element and of those it uses; shorten its attributes."""
    own = element.attrib.pop("id", None)
    if own in used:
        element.attrib["id"] = f"{name}-{own}"
    if _XLINK in element.attrib:
        element.attrib["href"] = f"#{name}-{element.attrib.pop(_XLINK)[1:]}"
    for attribute, text in list(element.attrib.items()):
        text = _REFERENCE.sub(rf"url(#{name}-\1)", text)
        if attribute == "d":
            text = " ".join(_NUMBER.sub(_tenths, text).split())
        elif attribute == "transform":
            text = _NO_ROTATION.sub("", text)
        elif attribute == "style" and element.tag in _TEXTS:
            text = _sized(text)
        element.attrib[attribute] = text
        if not text:
            del element.attrib[attribute]


def _tenths(found: re.Match[str]) -> str:
    return f"{float(found[0]):.1f}".removesuffix(".0")


def _sized(style: str) -> str:
    """A text's style without its font, but with the font's size."""
    short = re.search(r"font: (\d[\d.]*px) ", style)
    size = f"font-size: {short[1]}; " if short else ""
    return size + _FONT.sub("", style)


def _thin_out(parent: Element) -> None:
    """Take away what shows nothing, and groups that only hold their children."""
    kept: list[Element] = []
    for child in parent:
        if child.tag in _UNSEEN or child.attrib.get("style") == _BACKGROUND:
            continue
        _thin_out(child)
        child.tail = None
        if child.tag not in _TEXTS:
            child.text = None
        bare = child.tag == "g" and not child.attrib
        kept += list(child) if bare else [child]
    parent[:] = kept
