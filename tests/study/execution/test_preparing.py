"""What runs need is compiled before their time counts; different things at a time."""

import gfsearch
from gfsearch.study.execution.preparing import in_turn, needs_gradient

QUICK = gfsearch.load_suite("quick")


def test_the_first_runs_need_different_code():
    runs = QUICK.plan()
    turned = in_turn(runs)
    assert sorted(run.key for run in turned) == sorted(run.key for run in runs)
    kinds = {run.searcher.kind for run in runs}
    networks = {run.task.structure for run in runs}
    differentiable = {run.task.structure for run in runs if needs_gradient(run)}
    # One of each network, one of each gradient, then the searchers that are left.
    first = turned[: len(networks)]
    assert {run.task.structure for run in first} == networks
    assert len({run.searcher.kind for run in first}) == len(networks)
    second = turned[len(networks) :][: len(differentiable)]
    assert {run.task.structure for run in second} == differentiable
    assert all(map(needs_gradient, second))
    ahead = len(networks) + len(differentiable)
    ahead += len(kinds - {run.searcher.kind for run in turned[:ahead]})
    assert {run.searcher.kind for run in turned[:ahead]} == kinds
    keys = {run.key for run in turned[:ahead]}
    assert turned[ahead:] == [run for run in runs if run.key not in keys]


def test_a_single_cell_stays_as_it_is():
    runs = QUICK.select(["tomita1/A1"], ["guessing"]).plan()
    assert in_turn(runs) == list(runs)
