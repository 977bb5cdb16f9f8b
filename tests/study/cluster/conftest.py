import pytest

from tests.study.cluster.dask_cluster import DaskCluster
from tests.study.cluster.slurm_cluster import SlurmCluster
from tests.study.execution.fixtures import long_suite, serial, suite

__all__ = ["long_suite", "serial", "suite"]


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/study/cluster/" in item.nodeid:
            item.add_marker(pytest.mark.cluster)


@pytest.fixture
def dask_cluster(tmp_path):
    """A scheduler and two workers, over TCP with TLS."""
    with DaskCluster(tmp_path / "dask") as cluster:
        yield cluster


@pytest.fixture(scope="session")
def slurm(tmp_path_factory):
    """A Slurm of one node."""
    with SlurmCluster(tmp_path_factory.mktemp("slurm")) as cluster:
        yield cluster
