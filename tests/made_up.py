"""Records that are made up to be easy to check."""

from gfsearch.study.records import Meta, Record, RecordFile


def made_up(run, trials, status="solved", **fields):
    """The record of a run as it might have gone."""
    values = {
        "status": status,
        "stop_reason": None,
        "trials": trials,
        "presentations": 10 * trials,
        "gradients": 0,
        "restarts": [],
        "loss": 0.1,
        "test_errors": 0,
        "trace": [],
        "targets": [None] * len(run.task.targets),
        "weights": None,
        **fields,
    }
    return Record(
        **run.header(),
        test_size=10,
        meta=Meta(
            wall_seconds=1,
            cpu_seconds=1,
            host="h",
            pid=1,
            started="2026-01-01",
            versions={},
        ),
        **values,
    )


def write(study, make):
    """Write the record that `make(run)` returns for each planned run, if any."""
    file = RecordFile(study.folder / "records")
    for run in study.plan():
        record = make(run)
        if record is not None:
            file.append(record)
    return study.results()


def two_searchers(run):
    """Guessing: 10..55, two censored; slow: 2..11, every other one after a restart."""
    if run.searcher.label == "guessing":
        if run.run < 2:
            return made_up(run, 100, "censored", test_errors=None)
        return made_up(run, 10 + 5 * run.run, test_errors=run.run % 2)
    return made_up(run, 2 + run.run, restarts=[(1, 10)] if run.run % 2 else [])
