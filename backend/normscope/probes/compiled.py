"""How probes are compiled, and how a compiled probe reads a tensor: by address, without a copy.

``REASSOCIATE`` lets the compiler sum in any order (so that it can use vector units) while NaN and infinity keep
their meaning: the flags that assume their absence are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba import types
from numba.extending import intrinsic, register_jitable

Function = TypeVar("Function", bound=Callable[..., Any])
REASSOCIATE = {"reassoc", "contract", "arcp", "nsz"}

compiled: Callable[[Callable[..., Any]], Any] = numba.njit(fastmath=REASSOCIATE, error_model="numpy", nogil=True)
"""Decorator of every probe."""
compiled_in_order: Callable[[Callable[..., Any]], Any] = numba.njit(error_model="numpy", nogil=True)
"""The same, with every operation in the order in which it is written."""


def shared(function: Function) -> Function:
    """Decorator of what Python and the kernels call alike: as it is, or compiled into them."""
    marked: Function = register_jitable(function)
    return marked


_intrinsic: Callable[[Callable[..., Any]], Any] = intrinsic


@_intrinsic
def _pointer(context: Any, address: Any) -> Any:
    def generate(_context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], _context.get_value_type(signature.return_type))

    return types.CPointer(types.float32)(types.int64), generate


@_intrinsic
def _pointer_to_integers(context: Any, address: Any) -> Any:
    def generate(_context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], _context.get_value_type(signature.return_type))

    return types.CPointer(types.int64)(types.int64), generate


@compiled
def floats(address: int, batch: int, units: int, positions: int) -> Any:
    """The contiguous float32 tensor [batch, units, positions] at ``address``."""
    return numba.carray(_pointer(address), (batch, units, positions))


@compiled
def numbers(address: int, length: int) -> Any:
    """The contiguous float32 tensor [length] at ``address``."""
    return numba.carray(_pointer(address), length)


@compiled
def integers(address: int, length: int) -> Any:
    """The contiguous int64 tensor [length] at ``address``."""
    return numba.carray(_pointer_to_integers(address), length)
