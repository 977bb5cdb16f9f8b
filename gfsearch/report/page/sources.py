"""The papers that suites and searchers name, as links."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_DOI = "https://doi.org/"
_GUESSING = "https://people.idsia.ch/~juergen/guessing2001/node1.html"
_DEPENDENCIES = f"{_DOI}10.1109/72.279181"

PAPERS = {
    "Schmidhuber, Hochreiter and Bengio (2001)": _GUESSING,
    "Schmidhuber et al. (2001)": _GUESSING,
    "RG2001": _GUESSING,
    "Bengio, Simard and Frasconi (1994)": _DEPENDENCIES,
    "Bengio et al. (1994)": _DEPENDENCIES,
    "BSF94": _DEPENDENCIES,
    "Hochreiter and Schmidhuber (1996)": "https://papers.nips.cc/paper_files/paper/"
    "1996/hash/a4d2f0d23dcc84ce983ff9157f8b7f88-Abstract.html",
    "Hochreiter and Schmidhuber (1997)": f"{_DOI}10.1162/neco.1997.9.8.1735",
    "Corana, Marchesi, Martini and Ridella (1987)": f"{_DOI}10.1145/29380.29864",
    "Angeline, Saunders and Pollack (1994)": f"{_DOI}10.1109/72.265960",
    "Rumelhart, Hinton and Williams (1986)": f"{_DOI}10.1038/323533a0",
    "Elman (1990)": f"{_DOI}10.1207/s15516709cog1402_1",
    "Kingma and Ba (2015)": "https://arxiv.org/abs/1412.6980",
    "Pascanu, Mikolov and Bengio (2013)": "https://arxiv.org/abs/1211.5063",
}
"""Address of each paper, by its citation here."""

_LINKED = re.compile(
    r"|".join(
        [*map(re.escape, sorted(PAPERS, key=len, reverse=True)), r"https?://[^\s<>\"]+"]
    )
)


def linked(text: str) -> Markup:
    """A text with links at the papers that it names and the addresses that it gives."""
    parts, end = [], 0
    for match in _LINKED.finditer(text):
        target = PAPERS.get(match[0], match[0].rstrip(".,;)"))
        shown = match[0] if match[0] in PAPERS else target
        parts += [escape(text[end : match.start()])]
        parts += [Markup('<a href="{}">{}</a>').format(target, shown)]
        end = match.start() + len(shown)
    return Markup("").join([*parts, escape(text[end:])])
