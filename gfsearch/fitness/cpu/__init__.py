"""Generated float32 kernels; a float64 kernel confirms every solution.

The only place with numba. `reference` is the plain NumPy oracle of the tests.
"""
