import math
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gfsearch.fitness import reference
from gfsearch.networks import A1, A2, Elman, Masked, TanhUnit
from gfsearch.networks.structure import Link, Structure, Unit
from gfsearch.problems import Parity
from gfsearch.specs.errors import InputError
from gfsearch.specs.fields import Spec, build, canonical
from tests.cases import CHAIN, TWO_OUTPUTS, make_task


@pytest.mark.parametrize(
    ("network", "inputs", "dimension"),
    [
        (A1(), 1, 7),
        (A1(output_bias=True), 1, 8),
        (A1(hidden=3), 1, 23),
        (A1(hidden=2), 1, 14),
        (A1(hidden=10), 1, 142),
        (A2(), 1, 52),
        (A2(hidden_self=False), 1, 42),
        (A2(output_sees_input=True, output_self=False), 1, 52),
        (Elman(hidden=3), 2, 22),  # 3 (2 + 3 + 1) + (3 + 1)
        (A1(hidden_self=False), 1, 6),
        (A1(hidden_sees_output=False, hidden_bias=False), 1, 5),
        (TanhUnit(), 1, 3),
        (TanhUnit(bias=False, fixed_inputs=1), 3, 3),
    ],
)
def test_numbers_of_weights(network, inputs, dimension):
    structure = network.build(inputs, 1)
    assert structure.dimension == dimension


def seen(structure, unit):
    return [(link.origin, link.index) for link in structure.units[unit].links]


def test_a1_sees_everything_and_biases_hidden_units_only():
    structure = A1(hidden=2).build(1, 1)
    everything = [("input", 0), ("past", 0), ("past", 1), ("past", 2)]
    assert seen(structure, 0) == [*everything, ("bias", 0)]
    assert seen(structure, 2) == [("input", 0), ("now", 0), ("now", 1), ("past", 2)]


def test_a2_is_sparse():
    structure = A2(hidden=2).build(1, 1)
    assert seen(structure, 1) == [("input", 0), ("past", 1), ("past", 2), ("bias", 0)]
    assert seen(structure, 2) == [("now", 0), ("now", 1), ("past", 2), ("bias", 0)]


def test_without_hidden_self_a1_still_sees_the_other_hidden_units():
    structure = A1(hidden=2, hidden_self=False).build(1, 1)
    assert ("past", 0) not in seen(structure, 0)
    assert ("past", 1) in seen(structure, 0)


def test_synchronous_update_sees_only_the_past():
    structure = A2(update="synchronous").build(1, 1)
    assert all(origin != "now" for u in range(11) for origin, _ in seen(structure, u))


def test_latch_one_has_a_fixed_noise_line():
    structure = TanhUnit(bias=False, fixed_inputs=1).build(3, 1)
    fixed = [link for link in structure.units[0].links if link.weight is None]
    assert [(link.index, link.fixed) for link in fixed] == [(2, 1.0)]


def test_tanh_unit_refuses_what_it_cannot_be():
    with pytest.raises(ValueError, match="one output"):
        TanhUnit().build(1, 2)
    with pytest.raises(ValueError, match="2 of 1 input"):
        TanhUnit(fixed_inputs=2).build(1, 1)


def test_structures_refuse_links_into_the_future():
    links = (Link("now", 1, weight=0),)
    with pytest.raises(ValueError, match="cannot see"):
        Structure(1, 1, (Unit("tanh", links), Unit("tanh", ())))
    with pytest.raises(ValueError, match="numbered"):
        Structure(1, 1, (Unit("tanh", (Link("bias", weight=1),)),))


def test_elmans_outputs_see_new_hidden_outputs_and_a_bias_only():
    structure = Elman(hidden=2).build(1, 2)
    context = [("input", 0), ("past", 0), ("past", 1), ("bias", 0)]
    assert seen(structure, 0) == seen(structure, 1) == context
    outputs = [("now", 0), ("now", 1), ("bias", 0)]
    assert seen(structure, 2) == seen(structure, 3) == outputs
    assert Elman().update == "sequential"


def mask_of(structure):
    """Read back from the links of a structure, not from the network's switches."""
    units = len(structure.units)
    rows = []
    for unit in structure.units:
        row = [0] * (structure.inputs + units + 1)
        for link in unit.links:
            column = {"input": link.index, "bias": -1}.get(
                link.origin, structure.inputs + link.index
            )
            row[column] = 1
        rows.append(row)
    return rows


SWITCHES = (
    *("hidden_self", "hidden_bias", "hidden_sees_output"),
    *("output_self", "output_bias", "output_sees_input"),
)


@given(
    st.sampled_from([A1, A2, Elman]),
    st.fixed_dictionaries(
        {"hidden": st.integers(1, 4)},
        optional={
            **dict.fromkeys(SWITCHES, st.booleans()),
            "update": st.sampled_from(["sequential", "synchronous"]),
            "activation": st.sampled_from(["logistic", "tanh", "sign", "identity"]),
        },
    ),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_a_mask_reproduces_every_first_order_network(kind, fields, inputs, outputs):
    network = kind(**fields)
    structure = network.build(inputs, outputs)
    masked = Masked(
        hidden=network.hidden,
        mask=mask_of(structure),
        update=network.update,
        activation=network.activation,
    )
    assert masked.build(inputs, outputs) == structure


def test_a_mask_written_by_hand_is_a1():
    a1 = [[1, 1, 1, 1], [1, 1, 1, 0]]
    assert Masked(hidden=1, mask=a1).build(1, 1) == A1().build(1, 1)
    a2 = [[1, 1, 0, 1, 1], [1, 0, 1, 1, 1], [0, 1, 1, 1, 1]]
    assert Masked(hidden=2, mask=a2).build(1, 1) == A2(hidden=2).build(1, 1)


def test_fixed_links_stand_between_the_free_ones():
    first, _, output = CHAIN.build(1, 1).units
    assert first.links == (
        *(Link("input", 0, weight=0), Link("past", 0, weight=1)),
        Link("past", 2, fixed=-1.5),
    )
    assert output.links == (Link("now", 1, weight=4), Link("bias", weight=5))
    assert CHAIN.build(1, 1).dimension == 6


def test_a_mask_is_computed_as_it_reads():
    """Two steps of the chain, written out."""
    w = np.array([0.5, -1.0, 2.0, 0.25, 1.5, -0.5])
    a = b = y = 0.0
    wanted = []
    for x in (1.0, -2.0, 0.5):
        a, b = (
            np.tanh(w[0] * x + w[1] * a - 1.5 * y),
            np.tanh(w[2] * a + w[3] * b + 0.5),
        )
        y = 1.0 / (1.0 + np.exp(-(w[4] * b + w[5])))
        wanted.append(y)
    shown = np.array([1.0, -2.0, 0.5])[None, :, None]
    outputs = reference.outputs(CHAIN.build(1, 1), w[None], shown)
    assert np.allclose(outputs.ravel(), wanted, rtol=1e-12)


def test_masks_are_values():
    """Hashable, and equal however their numbers are written."""
    fields = {"hidden": 1, "mask": [[1.0, 0, 0, 1], [0, 1, 0, 0]]}
    first = build(Masked, fields, "here")
    zeros = [[0.0, -0.0, 0, 0], [0, 0, 0, 0]]
    again = build(Masked, {**fields, "fixed": zeros}, "here")
    assert first == again == Masked(hidden=1, mask=((1, 0, 0, 1), (0, 1, 0, 0)))
    assert hash(first) == hash(again)
    assert canonical(first) == canonical(again)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"mask": [[1, 2]]}, "mask: expected a list, each entry a list, each entry 0"),
        ({"mask": [[1, True]]}, "mask: expected a list"),
        ({"mask": [[1, 0.5]]}, "mask: expected a list"),
        ({"mask": []}, "mask: no free weight"),
        ({"mask": [[0, 0], [0, 0]]}, "mask: no free weight"),
        ({"mask": [[0, 0]], "fixed": [[1, 1]]}, "mask: no free weight"),
        ({"mask": [[1, 0], [0]]}, "mask: expected rows of one length, got 2, 1"),
        ({"mask": [[1, 0], [0, 0]]}, "mask: row 2: this unit has no link"),
        ({"mask": [[1, 0]], "fixed": [[2, 0]]}, "fixed: row 1, column 1: this weight"),
        ({"mask": [[1, 0]], "fixed": [[0]]}, "fixed: expected the shape of the mask"),
        ({"mask": [[1, 0]], "fixed": []}, "fixed: expected the shape of the mask"),
        ({"mask": [[1, 0]], "fixed": [[0, 1e7]]}, "fixed: expected a list"),
        ({"mask": [[1, 0]], "hidden": 201}, "hidden: expected a whole number"),
    ],
)
def test_masks_that_cannot_be(fields, complaint):
    with pytest.raises(InputError, match=f"here: {complaint}"):
        build(Masked, {"hidden": 1, **fields}, "here")


def test_a_mask_must_fit_its_problem():
    network = Masked(hidden=1, mask=[[1, 1, 0, 1], [0, 1, 0, 1]])
    with pytest.raises(ValueError, match=r"mask: expected 3 rows \(1 hidden, 2 output"):
        network.build(1, 2)
    with pytest.raises(
        ValueError, match=r"mask: expected 5 columns \(2 input lines, 1"
    ):
        network.build(2, 1)


@pytest.mark.parametrize(
    ("links", "complaint"),
    [
        ([Link("past", delay=1.5, weight=0)], "with whole numbers"),
        ([Link("past", delay=10**9, weight=0)], "no such delay"),
        (
            [Link("inputs", weight=0)],
            "an origin among input, past-input, bias, past, now",
        ),
        ([Link("input", index="0", weight=0)], "with whole numbers"),
        ([Link("input", weight=True)], "with whole numbers"),
        ([Link("input", weight=0), Link("bias", fixed=math.inf)], "finite weight"),
        ([Link("input", weight=0), Link("bias", fixed="1")], "with whole numbers"),
        (["a link"], "expected a Link"),
        ([Link("input", index=1, weight=0)], "cannot see"),
    ],
)
def test_a_structure_that_cannot_be_is_refused(links, complaint):
    with pytest.raises(ValueError, match=complaint):
        Structure(inputs=1, outputs=1, units=(Unit("tanh", tuple(links)),))


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"outputs": 2}, "as many outputs as units"),
        ({"outputs": 0}, "as many outputs as units"),
        (
            {"units": (Unit("softplus", (Link("input", weight=0),)),)},
            "activation: expected",
        ),
        ({"units": ("a unit",)}, "expected a Unit"),
    ],
)
def test_a_structure_needs_units_that_can_be(fields, complaint):
    sound = {"units": (Unit("tanh", (Link("input", weight=0),)),), "outputs": 1}
    with pytest.raises(ValueError, match=complaint):
        Structure(inputs=1, **{**sound, **fields})


class Built(Spec):
    """Builds whatever it is given."""

    kind, revision, source = "built", 1, "a test"
    what: ClassVar[object] = None

    def build(self, inputs, outputs):
        if isinstance(self.what, BaseException):
            raise self.what
        return self.what


@pytest.mark.parametrize(
    ("what", "complaint"),
    [
        (None, "expected a gfsearch.Structure or a gfsearch.Model, got NoneType"),
        (TypeError("no"), "build: TypeError: no"),
        (SystemExit(1), "build: SystemExit: 1"),
        (TWO_OUTPUTS, "expected 1 inputs and 1 outputs, as the problem has, got 2"),
        (
            Structure(1, 1, (Unit("tanh", (Link("input", fixed=1.0),)),)),
            "expected at least one free weight",
        ),
    ],
)
def test_what_a_network_of_others_builds_is_checked(what, complaint):
    Built.what = what
    with pytest.raises(ValueError, match=complaint):
        make_task(Parity(), Built())
