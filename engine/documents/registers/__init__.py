"""Registers and their numbers: consecutive per register and year, no gap, no double (ND30-15.1, ND30-22.2)."""

from __future__ import annotations

from engine.documents.registers.afterwards import Afterwards, enter_on, mark, mark_of
from engine.documents.registers.lines import (
    UNNUMBERED,
    cancel_number,
    cancel_number_of,
    enter,
    hold_number,
    hold_secondary,
    keep_for,
    release_number,
    start_numbers_at,
    take_number,
    use_held,
)
from engine.documents.registers.opening import (
    add_register,
    close_register,
    open_for_copies,
    open_usual_registers,
    own_register,
    register_for,
    rename_register,
    reopen_register,
)

__all__ = [
    "UNNUMBERED", "Afterwards", "add_register", "cancel_number", "cancel_number_of", "close_register", "enter",
    "enter_on", "hold_number", "hold_secondary", "keep_for", "mark", "mark_of", "open_for_copies",
    "open_usual_registers", "own_register", "register_for", "release_number", "rename_register", "reopen_register",
    "start_numbers_at", "take_number", "use_held",
]  # fmt: skip
