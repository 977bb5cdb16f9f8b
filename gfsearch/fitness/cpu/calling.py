"""Calling a network's kernel from compiled code that is the same for all networks.

A compiled function that names a kernel is compiled anew for each network. One that
gets the kernel's address is compiled once, and calls it as numba calls its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

BACKWARD = types.void(
    types.float64[:, ::1],
    types.int64[::1],
    types.boolean,
    types.float64[:, :, ::1],
    types.int64[::1],
    types.int64[::1],
    types.float64[:, ::1],
    types.int64[::1],
    types.int64[::1],
    types.int64[::1],
    types.int64[::1],
    types.int64[::1],
    types.float64[:, ::1],
    types.boolean,
    types.float64,
    types.float64,
    types.float64[:, :, ::1],
    types.float64[:, ::1],
)
"""Signature of every network's `backward`: arrays of these ranks without gaps."""


def address_of(kernel: Callable[..., None]) -> int:
    """The address of a compiled kernel, good in this process while the kernel lives."""
    dispatcher: Any = kernel
    compiled = dispatcher.overloads[BACKWARD.args]
    name = compiled.fndesc.llvm_func_name
    return int(compiled.library.get_pointer_to_function(name))


@intrinsic
def call_backward(typing_context: Any, address: Any, arguments: Any) -> Any:
    """Call the `backward` at an address with a tuple of its arguments."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        convention, wanted = context.call_conv, BACKWARD.args
        kind = convention.get_function_type(types.none, wanted)
        function = builder.inttoptr(values[0], ir.PointerType(kind))
        given = cgutils.unpack_tuple(builder, values[1])
        cast = [
            context.cast(builder, value, have, want)
            for value, have, want in zip(given, signature.args[1], wanted, strict=True)
        ]
        convention.call_function(builder, function, types.none, wanted, cast)
        return context.get_dummy_value()

    return types.void(types.intp, arguments), generate
