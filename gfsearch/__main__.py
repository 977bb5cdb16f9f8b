"""`python -m gfsearch`."""

from gfsearch.cli.main import main

if __name__ == "__main__":
    main()
