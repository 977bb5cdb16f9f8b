"""Random censored data."""

import numpy as np
from hypothesis import strategies as st


def censored(most=40, least=1):
    """Costs and whether each was a solution; ties are frequent."""
    pairs = st.tuples(st.integers(1, 30), st.booleans())
    return st.lists(pairs, min_size=least, max_size=most).map(
        lambda found: tuple(np.array(column) for column in zip(*found, strict=True))
    )


runs = censored()
