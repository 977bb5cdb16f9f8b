"""Evaluating weight vectors: a task made concrete for one instance.

Nothing is exported here: listing things must not cost the import of numba.
"""
