"""The sample province as it is written, and its accounts; read without the engine, since every start asks for them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("province.toml")


def read() -> dict[str, Any]:
    """The province as written in province.toml."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def accounts() -> list[str]:
    """The accounts of the sample province, a line each, with their password."""
    about = read()
    lines = [f"Mật khẩu chung: {about['password']}"]
    for agency in about["agency"]:
        lines.append(f"{agency['name']}:")
        lines += [f"  {p['user_name']:<22} {p['full_name']} · {p['post']}" for p in agency["people"]]
    return lines
