from tests.study.execution.fixtures import long_suite, serial, suite

__all__ = ["long_suite", "serial", "suite"]
