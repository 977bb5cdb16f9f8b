"""Coverage of the intervals of gfsearch.statistics, and power of the log-rank test.

    python benchmarks/interval_coverage.py

Draws many studies whose truth is known and counts. Intervals promise 95 %; a share
found by 2,000 studies is itself known to about 0.01. Takes ten minutes.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import joblib
import numpy as np
from timing import heading

from gfsearch.statistics import (
    Interval,
    Runs,
    Searched,
    among_fastest,
    expected_running_time,
    generalising_ert,
    geometric_mean_ratio,
    joint_speedups,
    kaplan_meier,
    log_rank,
    median_cost,
    memoryless_ert,
    ratio_of_erts,
    restart_profile,
    restricted_mean,
    success_rate,
    weibull_shape,
)

BUDGET = 3000.0
RUNS = (10, 20, 40)
RATIOS = (1, 2, 3, 5)

Draw = Callable[[np.random.Generator, int], np.ndarray]


def geometric(rng: np.random.Generator, n: int) -> np.ndarray:
    """Guessing: one probability of success at every trial."""
    return rng.geometric(1 / 1000, n).astype(float)


def stuck(rng: np.random.Generator, n: int) -> np.ndarray:
    """A search that is quick in 60 % of its runs and else stuck for ever."""
    return np.where(rng.random(n) < 0.6, rng.gamma(4.0, 100.0, n), math.inf)


def lognormal(rng: np.random.Generator, n: int) -> np.ndarray:
    """A search whose costs have a long tail."""
    return np.exp(rng.normal(math.log(500.0), 1.2, n))


TRUTHS: dict[str, Draw] = {
    "geometric": geometric,
    "60 % quick, 40 % stuck": stuck,
    "lognormal": lognormal,
}

CHANCES = (0.99, 0.95, 0.9, 0.8, 0.65, 0.5)
"""Of easy tasks: how likely every single trial is to solve one."""

FEW_RUNS = (3, 10, 20)

TASKS = (1, 8)

SHARES_RIGHT = (0.3, 0.7)


def easy(chance: float, rng: np.random.Generator, n: int) -> np.ndarray:
    """A task that is solved within a few trials."""
    return rng.geometric(chance, n).astype(float)


def shown(trials: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Presentations: ten for the last trial of a run, one to three for those before."""
    return np.array([10.0 + rng.integers(1, 4, int(t) - 1).sum() for t in trials])


def censored(costs: np.ndarray) -> Runs:
    """The runs as a study with a budget has them."""
    return Runs(np.minimum(costs, BUDGET), costs <= BUDGET)


def truth(draw: Draw) -> tuple[float, float, float]:
    """ERT, restricted mean and median, from a million runs."""
    costs = draw(np.random.default_rng(1), 1_000_000)
    spent = np.minimum(costs, BUDGET).mean()
    return spent / (costs <= BUDGET).mean(), spent, float(np.median(costs))


def bootstrapped(runs: Runs, rng: np.random.Generator) -> Interval:
    """The percentile interval of bootstrapped ERTs, common elsewhere."""
    n = len(runs.costs)
    times = rng.multinomial(n, np.full(n, 1 / n), 1000)
    with np.errstate(divide="ignore"):
        ert = (times @ runs.costs) / (times @ runs.solved.astype(float))
    low, high = np.quantile(ert, [0.025, 0.975], method="nearest")
    return Interval(math.nan, low, high)


def covered(interval: Interval, value: float) -> bool:
    """True if a value lies within an interval."""
    return interval.low <= value <= interval.high


def of_erts(draw: Draw, n: int, studies: int) -> list[float]:
    """Coverage of three intervals of the ERT."""
    rng, ert = np.random.default_rng(n), truth(draw)[0]
    hits = np.zeros(3)
    for _ in range(studies):
        runs = censored(draw(rng, n))
        hits += [
            covered(expected_running_time(*runs), ert),
            covered(memoryless_ert(np.ceil(runs.costs), runs.solved), ert),
            covered(bootstrapped(runs, rng), ert),
        ]
    return list(hits / studies)


def of_the_rest(draw: Draw, n: int, studies: int) -> list[float]:
    """Coverage of restricted mean, median, ratios and success rate."""
    rng = np.random.default_rng(n)
    ert, mean, median = truth(draw)
    ratio = truth(geometric)[0] / ert
    within = (draw(np.random.default_rng(1), 1_000_000) <= BUDGET).mean()
    hits = np.zeros(5)
    for _ in range(studies):
        runs = censored(draw(rng, n))
        tasks = [
            (censored(geometric(rng, n)), censored(draw(rng, n))) for _ in range(5)
        ]
        hits += [
            covered(restricted_mean(*runs, BUDGET), mean),
            covered(median_cost(kaplan_meier(*runs)), median),
            covered(ratio_of_erts(*tasks[0][0], *tasks[0][1]), ratio),
            covered(geometric_mean_ratio(tasks, rng).ratio, ratio),
            covered(success_rate(int(runs.solved.sum()), n), within),
        ]
    return list(hits / studies)


def of_easy_tasks(chance: float, n: int, studies: int) -> list[float]:
    """Coverage of all intervals on a task that is solved within a few trials."""
    rng, draw = np.random.default_rng(n), partial(easy, chance)
    ert, mean, median = truth(draw)
    presentations = 10.0 + 2.0 * (ert - 1.0)
    hits = np.zeros(7)
    for _ in range(studies):
        trials = draw(rng, n)
        runs, costs = censored(trials), shown(trials, rng)
        tasks = [(censored(draw(rng, n)), censored(draw(rng, n))) for _ in range(5)]
        unit = costs.sum() / trials.sum()
        solved = int(runs.solved.sum())
        hits += [
            covered(expected_running_time(*runs), ert),
            covered(
                expected_running_time(costs, runs.solved, per_trial=unit), presentations
            ),
            covered(restricted_mean(*runs, BUDGET), mean),
            covered(median_cost(kaplan_meier(*runs)), median),
            covered(ratio_of_erts(*tasks[0][0], *tasks[0][1]), 1.0),
            covered(geometric_mean_ratio(tasks, rng).ratio, 1.0),
            covered(success_rate(solved, n), 1.0),
        ]
    return list(hits / studies)


FACTORS = (1.0, 1.0, 1.0, 1.5, 1.5, 2.0, 0.5, 1.0)
"""How many times faster than guessing searchers are, in the joint claims."""


def of_joint_claims(tasks: int, n: int, studies: int) -> list[float]:
    """Coverage of joint intervals, of the winner's own, and of the set of the fastest.

    All intervals of a study are to hold at once.
    """
    rng, units = np.random.default_rng(n), [1.0] * tasks

    def searched(factor: float) -> Searched:
        costs = [np.ceil(geometric(rng, n) / factor) for _ in units]
        return Searched([censored(c) for c in costs], units)

    # Of whole numbers of trials: not quite the factor.
    draws = {f: truth(lambda r, m, f=f: np.ceil(geometric(r, m) / f)) for f in FACTORS}
    truths = [draws[1.0][0] / draws[f][0] for f in FACTORS]
    hits = np.zeros(3)
    for _ in range(studies):
        guessing, others = searched(1.0), [searched(f) for f in FACTORS]
        claims = joint_speedups(guessing, others, rng)
        best = max(range(len(claims)), key=lambda i: claims[i].speedup.estimate)
        pairs = list(zip(guessing.runs, others[best].runs, strict=True))
        alone = geometric_mean_ratio(pairs, rng).ratio
        together = zip(claims, truths, strict=True)
        hits += [
            all(covered(claim.speedup, value) for claim, value in together),
            covered(alone, truths[best]),
            among_fastest(others, rng)[int(np.argmax(FACTORS))],
        ]
    return list(hits / studies)


def of_right_solutions(share: float, n: int, studies: int) -> list[float]:
    """Coverage of the cost to a solution that is right on the test set.

    Of costs as of guessing, and of a search that gets stuck.
    """
    rng = np.random.default_rng(n)
    truths = [truth(draw)[0] / share for draw in (geometric, stuck)]
    hits = np.zeros(2)
    for _ in range(studies):
        for i, draw in enumerate((geometric, stuck)):
            runs = censored(draw(rng, n))
            right = runs.solved & (rng.random(n) < share)
            hits[i] += covered(generalising_ert(runs.costs, right), truths[i])
    return list(hits / studies)


def of_cutoffs(draw: Draw, n: int, studies: int) -> list[float]:
    """How often "never" is among the cutoffs that may be the best."""
    rng, never = np.random.default_rng(n), 0
    for _ in range(studies):
        runs = censored(draw(rng, n))
        never += math.isinf(restart_profile(*runs, rng).best.high)
    return [never / studies]


def found(n: int, ratio: float, studies: int) -> float:
    """Power of the log-rank test for a ratio between two memoryless searchers."""
    rng = np.random.default_rng(n)
    hits = 0
    for _ in range(studies):
        slow, fast = geometric(rng, n), np.ceil(geometric(rng, n) / ratio)
        hits += log_rank([(censored(fast), censored(slow))]).p < 0.05
    return hits / studies


def of_shape(n: int, studies: int) -> float:
    """Coverage of the Weibull shape, which is 1 for guessing."""
    rng = np.random.default_rng(n)
    hits = 0
    for _ in range(studies):
        hits += covered(weibull_shape(*censored(geometric(rng, n))), 1.0)
    return hits / studies


def table(
    head: str,
    cover: Callable[..., list[float]],
    cases: dict[str, tuple[Any, int]],
    studies: int,
) -> None:
    """Print the coverage in each case, a row each, in Markdown."""
    heading("costs to solution", "runs", *head.split(", "))
    shares = joblib.Parallel(n_jobs=-1)(
        joblib.delayed(cover)(truth, n, studies) for truth, n in cases.values()
    )
    for (name, (_, n)), row in zip(cases.items(), shares, strict=True):
        told = " | ".join(f"{share:.3f}" for share in row)
        print(f"| {name.partition('/')[0]} | {n} | {told} |")
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description="Coverage of our intervals.")
    parser.add_argument("--studies", type=int, default=2000)
    studies = parser.parse_args().studies
    cases = {f"{name}/{n}": (TRUTHS[name], n) for name in TRUTHS for n in RUNS}
    table("log-delta, exact-geometric, percentile bootstrap", of_erts, cases, studies)
    table(
        "restricted mean, median, ratio to guessing, mean ratio over 5 tasks, "
        "success rate",
        of_the_rest,
        cases,
        studies,
    )
    cases = {
        f"chance {chance:g} per trial/{n}": (chance, n)
        for chance in CHANCES
        for n in FEW_RUNS
    }
    table(
        "ERT in trials, ERT in presentations, restricted mean, median, ratio, "
        "mean ratio over 5 tasks, success rate",
        of_easy_tasks,
        cases,
        studies,
    )
    cases = {
        f"{t} task{'s' if t > 1 else ''}/{n}": (t, n)
        for t in TASKS
        for n in FEW_RUNS[1:]
    }
    table(
        "all joint intervals, the winner's own, best among the fastest",
        of_joint_claims,
        cases,
        studies,
    )
    cases = {f"{s:.0%} right/{n}": (s, n) for s in SHARES_RIGHT for n in FEW_RUNS[1:]}
    table("geometric, 60 % quick and 40 % stuck", of_right_solutions, cases, studies)
    cases = {f"{name}/{n}": (TRUTHS[name], n) for name in TRUTHS for n in RUNS}
    table('"never" among the cutoffs', of_cutoffs, cases, studies)
    shares = ", ".join(f"{of_shape(n, studies):.3f} with {n}" for n in RUNS)
    print(f"Weibull shape of guessing: {shares} runs.\n")
    heading("runs", *(f"ratio {ratio}" for ratio in RATIOS))
    for n in RUNS:
        power = [f"{found(n, ratio, studies):.2f}" for ratio in RATIOS]
        print(f"| {n} | {' | '.join(power)} |")


if __name__ == "__main__":
    main()
