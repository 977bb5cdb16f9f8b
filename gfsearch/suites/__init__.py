"""What is to be run: suites of tasks and searchers."""
