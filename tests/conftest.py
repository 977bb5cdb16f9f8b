import pytest
from hypothesis import HealthCheck, settings

from gfsearch.study.comparing import make_study
from tests.good_suite import GOOD

# Kernels compile at their first use: examples have no deadline.
settings.register_profile(
    "gfsearch",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("gfsearch")


@pytest.fixture
def study(tmp_path):
    """Ten runs each of guessing and `slow` on one task, none made yet."""
    (tmp_path / "mine.toml").write_text(GOOD.replace("runs = 3", "runs = 10"))
    study = make_study(tmp_path / "mine.toml", out=tmp_path / "out")
    study.save()
    return study
