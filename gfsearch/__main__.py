"""`python -m gfsearch`."""

from gfsearch.cli import main

if __name__ == "__main__":
    main()
