"""gfsearch: how far beyond random weight guessing do gradient-free searches get?

The public names stand in `__init__.pyi`. They are loaded when they are first used, so
that `--help` and `list` answer without importing compilers and plotting libraries.
"""

from importlib.metadata import version

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

__version__ = version("gfsearch")
