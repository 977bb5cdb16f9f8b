import pytest

from gfsearch.networks import A1, A2, TanhUnit
from gfsearch.networks.structure import Link, Structure, Unit


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
