"""Vectors of numbers as values of compiled code: one number for each lane.

Left to itself, the compiler turns a loop over lanes into vector instructions only
sometimes, and keeps the state of a network in memory between steps. With the type and
the operations here, generated code says what it means: each operation is one
instruction on a whole vector, and a variable that holds a vector is a register.

A vector is 64 bytes: 16 float32 or 8 float64, the widest register there is. Machines
with narrower ones work on it in two or four parts, which gives the same bits.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

BYTES = 64
PAGE = 4096
"""Two addresses that agree within a page may disturb each other; see `stack_frame`."""


class Vector(types.Type):
    """The type of a vector of lanes.

    Args:
        number: The numba type of one lane, float32 or float64.
    """

    def __init__(self, number: Any) -> None:
        self.number = number
        self.width = 8 * BYTES // number.bitwidth
        super().__init__(name=f"Vector({number})")

    @property
    def floats(self) -> ir.VectorType:
        """The vector's type in LLVM."""
        number = ir.FloatType() if self.number.bitwidth == 32 else ir.DoubleType()
        return ir.VectorType(number, self.width)

    @property
    def integers(self) -> ir.VectorType:
        """The type of the same bits read as integers."""
        return ir.VectorType(ir.IntType(self.number.bitwidth), self.width)


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    """A vector is represented by itself."""

    def __init__(self, manager: Any, vector: Vector) -> None:
        super().__init__(manager, vector, vector.floats)


def _operation(name: str) -> Any:
    """An instruction that takes two vectors and gives one."""

    @intrinsic
    def operation(typing_context: Any, a: Any, b: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return getattr(builder, name)(*values)

        return a(a, a), generate

    return operation


add = _operation("fadd")
subtract = _operation("fsub")
multiply = _operation("fmul")
divide = _operation("fdiv")


@intrinsic
def multiply_add(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
    """A * b + c, rounded once where the machine can do that.

    Asked for by name: were it left to the compiler where to fuse, two kernels of one
    network might differ in their last bits.
    """

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        floats = a.floats
        name = f"llvm.fmuladd.v{a.width}f{a.number.bitwidth}"
        kind = ir.FunctionType(floats, [floats] * 3)
        function = cgutils.get_or_insert_function(builder.module, kind, name)
        return builder.call(function, values)

    return a(a, a, a), generate


@intrinsic
def clamp(typing_context: Any, a: Any, low: Any, high: Any) -> Any:
    """The nearest number within [low, high]; what is not a number stays so."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        value, low, high = values
        value = builder.select(builder.fcmp_ordered(">", low, value), low, value)
        return builder.select(builder.fcmp_ordered("<", high, value), high, value)

    return a(a, a, a), generate


@intrinsic
def choose(typing_context: Any, a: Any, yes: Any, no: Any) -> Any:
    """`yes` where a >= 0, else `no`."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        zero = ir.Constant(a.floats, [0.0] * a.width)
        return builder.select(
            builder.fcmp_ordered(">=", values[0], zero), values[1], values[2]
        )

    return a(a, a, a), generate


@intrinsic
def times_two_to_the(typing_context: Any, a: Any, rounded: Any) -> Any:
    """Multiply by two to a whole number, by adding to the bits of the exponent.

    To `rounded` a number was added (1.5 * 2**23 for float32, 1.5 * 2**52 for
    float64) that leaves the whole number in its lowest bits; a shift moves these to
    where the exponent stands. The result must neither overflow nor underflow.
    """

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        fraction_bits = 23 if a.number.bitwidth == 32 else 52
        shift = ir.Constant(a.integers, [fraction_bits] * a.width)
        bits, number = (builder.bitcast(value, a.integers) for value in values)
        exponent = builder.shl(number, shift)
        return builder.bitcast(builder.add(bits, exponent), a.floats)

    return a(a, a), generate


@intrinsic
def splat(typing_context: Any, number: Any) -> Any:
    """The same number in all lanes."""
    vector = Vector(number)

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        undefined = ir.Constant(vector.floats, ir.Undefined)
        first = ir.Constant(ir.IntType(32), 0)
        one = builder.insert_element(undefined, values[0], first)
        all_first = ir.VectorType(ir.IntType(32), vector.width)([0] * vector.width)
        return builder.shuffle_vector(one, undefined, all_first)

    return vector(number), generate


def _address(
    context: Any, builder: Any, vector: Vector, array_type: Any, array: Any, index: Any
) -> Any:
    """Address at which a vector begins in a flat array."""
    data = context.make_array(array_type)(context, builder, array).data
    address = builder.gep(data, [index])
    return builder.bitcast(address, vector.floats.as_pointer())


@intrinsic
def load(typing_context: Any, array: Any, index: Any) -> Any:
    """The vector that begins at an index of a flat array."""
    vector = Vector(array.dtype)

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        address = _address(context, builder, vector, signature.args[0], *values)
        # Nothing is promised of the address: aligned ones are as fast either way.
        return builder.load(address, align=vector.number.bitwidth // 8)

    return vector(array, types.intp), generate


@intrinsic
def store(typing_context: Any, a: Any, array: Any, index: Any) -> Any:
    """Write a vector into a flat array, from an index on."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        address = _address(context, builder, a, signature.args[1], *values[1:])
        builder.store(values[0], address, align=a.number.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(a, array, types.intp), generate


@intrinsic
def opaque(typing_context: Any, number: Any) -> Any:
    """The same number, hidden from the compiler's knowledge that it is a constant."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        bits = ir.IntType(number.bitwidth)
        # Assembly of no instruction, whose result is in the register of its operand.
        hidden = builder.asm(
            ir.FunctionType(bits, [bits]),
            "",
            "=r,0",
            [builder.bitcast(values[0], bits)],
            False,
        )
        return builder.bitcast(hidden, values[0].type)

    return number(number), generate


@intrinsic
def stack_frame(typing_context: Any) -> Any:
    """The address of the frame of the function that this is written in.

    A processor takes a load for one of what is just being stored if the two addresses
    agree in their last twelve bits, and makes it wait. A kernel keeps storing what
    its registers cannot hold to its frame, and the frame lies anywhere. When the rest
    of what a kernel loads lay anywhere as well, one process in ten ran A2 a fifth
    slower than the others (measured). So kernels place their arrays by their frame.
    """

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        pointer, level = cgutils.voidptr_t, ir.IntType(32)
        function = builder.module.declare_intrinsic(
            "llvm.frameaddress", [pointer], ir.FunctionType(pointer, [level])
        )
        address = builder.call(function, [ir.Constant(level, 0)])
        return builder.ptrtoint(address, ir.IntType(64))

    return types.int64(), generate
