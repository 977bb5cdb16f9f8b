"""Evaluating networks fast: generated float32 lanes and a float64 last word.

The only place with numba. `reference` is the plain NumPy oracle of the tests.
"""
