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
    types.float64[:, ::1],
    types.float64[:, :, ::1],
    types.float64[:, ::1],
)
"""Signature of every network's `backward`: arrays of these ranks without gaps."""

DERIVATIVES = types.void(
    types.float64[:, :],
    types.int64[:],
    types.float64[:, :],
    types.float64[::1],
    types.boolean,
    types.float64[:, ::1],
    types.float64[:, ::1],
    types.float64[:, :, ::1],
)
"""Signature of every network's `derivatives`, see the module `curvature_source`."""

SIGNS = types.void(
    types.float64[:, :],
    types.float64[::1],
    types.float64[:, ::1],
    types.float64[:, ::1],
)
"""Signature of every network's `signs`, see the module `signs_source`."""


def address_of(kernel: Callable[..., None]) -> int:
    """The address of a compiled kernel, good in this process while the kernel lives."""
    dispatcher: Any = kernel
    (compiled,) = dispatcher.overloads.values()
    parts = compiled._asdict()
    name = parts["fndesc"].llvm_func_name
    return int(parts["library"].get_pointer_to_function(name))


def _caller(function: Any, of: str) -> Any:
    """Compiled code that calls a function at an address with a tuple of arguments."""

    @intrinsic
    def call(typing_context: Any, address: Any, arguments: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            convention, wanted = context.call_conv, function.args
            kind = convention.get_function_type(types.none, wanted)
            there = builder.inttoptr(values[0], ir.PointerType(kind))
            given = cgutils.unpack_tuple(builder, values[1])
            cast = [
                context.cast(builder, value, have, want)
                for value, have, want in zip(
                    given, signature.args[1], wanted, strict=True
                )
            ]
            status, _ = convention.call_function(
                builder, there, types.none, wanted, cast
            )
            # An exception, such as that memory is exhausted, is the caller's too.
            with cgutils.if_unlikely(builder, status.is_error):
                convention.return_status_propagate(builder, status)
            return context.get_dummy_value()

        return types.void(types.intp, arguments), generate

    call.__doc__ = f"Call the `{of}` at an address with a tuple of its arguments."
    return call


call_backward = _caller(BACKWARD, "backward")
call_derivatives = _caller(DERIVATIVES, "derivatives")
call_signs = _caller(SIGNS, "signs")
