"""Conditions on two rows, written as in Splink's settings, without a database.

A condition is SQL over ``column_l`` and ``column_r`` (levels) or ``l.column`` and
``r.column`` (blocking rules). Known are comparisons, AND, OR, NOT, IS NULL, IN,
COALESCE, arithmetic and the functions of `matching.linkage.functions`; anything else is
refused when the model is read, never guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from matching.errors import ModelRefused
from matching.linkage.functions import LIKENESS, LISTS, NUMBER_PARTS, TEXT_PARTS
from matching.linkage.pairs import Claims, Pairs, Truths
from matching.linkage.values import (
    ARITHMETIC,
    COMPARES,
    NAMED,
    WRITTEN,
    column_of,
    name_of,
    value_of,
)

STRUCTURE = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.Is, exp.Null, exp.In, exp.Boolean,
    exp.Column, exp.Identifier, exp.Literal, exp.Neg, exp.Abs, exp.Coalesce, exp.Nullif,
    exp.DPipe, exp.Concat, exp.Cast, exp.TryCast, exp.DataType, exp.TimeToUnix, exp.Var,
    exp.ArrayOverlaps,
)  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """A condition that can be asked of pairs.

    Attributes
    ----------
    sql
        As it was written.
    columns
        What it asks for: side (``l`` or ``r``) and column, each once, sorted.
    """

    sql: str
    columns: tuple[tuple[str, str], ...]
    tree: exp.Expr = field(compare=False, repr=False)

    @cached_property
    def sides(self) -> list[tuple[exp.Expr, exp.Expr]]:
        """The sides of each equality that must hold, left table first.

        Only of those with one side of each table; other conjuncts are left out.
        """
        return list(_equal_sides(self.tree))

    @cached_property
    def is_equality(self) -> bool:
        """Whether it says nothing else than that these sides are equal."""
        return len(self.sides) == len(list(_conjuncts(self.tree)))

    def truths(self, pairs: Pairs) -> Truths:
        """Return whether it holds of each pair: 1, 0, or -1 where it cannot be said.

        Raises
        ------
        ModelRefused
            A table has no column that it asks for.
        """
        found = value_of(self.tree, pairs)
        if not isinstance(found, Claims):
            raise ModelRefused(f"{self.sql!r} is a value, not a condition")
        return found.truths


def condition_of(sql: str, *, dialect: str = "duckdb") -> Condition:
    """Read a condition.

    Raises
    ------
    ModelRefused
        It is no SQL, or asks for something that is not known here.
    """
    try:
        tree = sqlglot.parse_one(sql, read=dialect)
    except SqlglotError as error:
        raise ModelRefused(f"{sql!r} is no condition: {error}") from error
    for node in tree.walk():
        _require_known(node, sql)
        node.meta[WRITTEN] = node.sql()
    columns = {column_of(node) for node in tree.find_all(exp.Column)}
    return Condition(sql, tuple(sorted(columns)), tree)


def _equal_sides(tree: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    for node in _conjuncts(tree):
        if isinstance(node, exp.EQ | exp.ArrayOverlaps):
            one, other = _sides_of(node.this), _sides_of(node.expression)
            if (one, other) == ({"l"}, {"r"}):
                yield node.this, node.expression
            elif (one, other) == ({"r"}, {"l"}):
                yield node.expression, node.this


def _conjuncts(tree: exp.Expr) -> Iterator[exp.Expr]:
    inner = tree.unnest()
    if isinstance(inner, exp.And):
        yield from _conjuncts(inner.this)
        yield from _conjuncts(inner.expression)
    else:
        yield inner


def _sides_of(tree: exp.Expr) -> set[str]:
    return {column_of(node)[0] for node in tree.find_all(exp.Column)}


def _require_known(node: exp.Expr, sql: str) -> None:
    if isinstance(node, exp.Anonymous):
        if name_of(node) not in {
            *LIKENESS,
            *TEXT_PARTS,
            *NUMBER_PARTS,
            "epoch",
            *LISTS,
        }:
            raise ModelRefused(f"{sql!r}: the function {node.name!r} is not known")
    elif type(node) not in {*COMPARES, *ARITHMETIC, *NAMED, *STRUCTURE}:
        raise ModelRefused(f"{sql!r}: {node.sql()!r} is not known")
