"""The command line: `python -m gfsearch`."""
