"""Studies on clusters: job arrays of Slurm, and a Dask cluster to try out."""
