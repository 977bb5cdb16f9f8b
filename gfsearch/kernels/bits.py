"""The one operation of the lane kernels that numba's Python cannot say."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic


@intrinsic
def times_two_to_the(typing_context: Any, mantissa: Any, rounded: Any) -> Any:
    """Multiply a float32 by two to a whole number, by adding to its exponent bits.

    `rounded` is a float32 to which 1.5 * 2**23 was added: the whole number stands in
    its low bits. Shifting these by 23 moves the number to where a float32 keeps its
    exponent. The result must neither overflow nor become denormal; the kernels clamp
    before.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        integer = ir.IntType(32)
        bits, number = (builder.bitcast(value, integer) for value in arguments)
        exponent = builder.shl(number, ir.Constant(integer, 23))
        return builder.bitcast(builder.add(bits, exponent), ir.FloatType())

    return types.float32(types.float32, types.float32), generate
