"""Suites: tasks and searchers to be compared."""
