from hypothesis import HealthCheck, settings

# Kernels compile at their first use: examples have no deadline.
settings.register_profile(
    "gfsearch",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("gfsearch")
