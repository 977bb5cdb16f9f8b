"""Revision of the evaluation: its arithmetic decides results like any searcher's."""

EVALUATION = 1
"""Raised when losses, errors or verdicts change; belongs to identities from 2 on."""
