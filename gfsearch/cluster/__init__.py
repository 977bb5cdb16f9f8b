"""Studies on clusters: job arrays of Slurm, and a Dask cluster to try out."""

from gfsearch.cluster.commands import cluster

__all__ = ["cluster"]
