"""A comparison on disk: its plan, its runs, its records."""
