"""Captions of the figures, for `list`, for `plot` and for the page."""

from __future__ import annotations

STUDY_FIGURES = {
    "mean-speedup": "how many times fewer than guessing, as a geometric mean over all "
    "tasks, and over those of each group, in every cost, with 95 % intervals and "
    "bounds as arrows; two tasks or more",
    "survival": "probability of having solved against the cost, a panel per task",
    "speedup": "speed-up over guessing per task and searcher, in every cost",
    "ecdf": "share of all tasks attained against the cost, with restarts; two tasks "
    "or more",
    "performance-profile": "share of tasks on which each searcher is within a factor "
    "of the best; two tasks and searchers or more",
    "data-profile": "share of runs solved against the cost per weight, over two tasks "
    "or more",
    "generalising": "expected cost to a solution, and to one that is right on the test "
    "set, too",
    "restarts": "expected cost against the cost after which a run is started afresh",
    "loss": "best loss so far against trials, of the searchers that see a loss",
    "parameters": "expected cost against parameters, per task and over all, with the "
    "settings that are among the best; if tasks or searchers differ in one alone",
    "scaling": "expected cost, with the law of growth that fits, against a number "
    "(length, hidden units, weights, ...) in which alone three tasks or more differ",
    "time-lag": "share of runs solved against the time lag, if three tasks or more "
    "differ in length alone",
    "against-published": "published costs to solution beside ours, with verdicts",
    "by-reading": "our costs over published ones for every reading of an experiment: "
    "groups whose tasks have the same published figures",
    "replicated": "published figures of all runs, solved or not, against ours",
    "solutions": "the weights of solved runs, two at a time",
    "final-error": "share of wrong test sequences at the end of runs, "
    "solved or not, against presentations",
}
"""Figures of `report` and `plot`, with the results that each needs."""


FIGURES = {
    **STUDY_FIGURES,
    "random-weights": "error flow against the lag for random weights; of gradient-flow",
    "run": "error flow along a run that follows the gradient; of gradient-flow",
    "minimal-latch": "the latch in closed form; of gradient-flow, for one tanh unit",
}
