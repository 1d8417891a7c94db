"""What the parts of a condition give for pairs: texts, numbers, or truths."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from matching.errors import ModelRefused
from matching.linkage.functions import (
    LIKENESS,
    LISTS,
    NUMBER_PARTS,
    TEXT_PARTS,
    Floats,
    number_of,
)
from matching.linkage.pairs import (
    UNKNOWN,
    Amounts,
    Claims,
    Pairs,
    Truths,
    Value,
    Words,
    both,
    either,
    opposite,
)
from matching.linkage.texts import MISSING, Texts

Answers = NDArray[np.bool_]
Compare = Callable[[Any, Any], Any]
Find = Callable[[Pairs], Value]
Rest = Sequence[str | int]
Integers = NDArray[np.integer[Any]]
Join = Callable[[Sequence[Truths]], Truths]
COMPARES: dict[type[exp.Expr], Compare] = {
    exp.EQ: np.equal,
    exp.NEQ: np.not_equal,
    exp.LT: np.less,
    exp.LTE: np.less_equal,
    exp.GT: np.greater,
    exp.GTE: np.greater_equal,
}
ARITHMETIC: dict[type[exp.Expr], Compare] = {
    exp.Add: np.add,
    exp.Sub: np.subtract,
    exp.Mul: np.multiply,
    exp.Div: np.divide,
}
NAMED: dict[type[exp.Expr], str] = {
    exp.JarowinklerSimilarity: "jaro_winkler_similarity",
    exp.Levenshtein: "levenshtein",
    exp.Left: "left",
    exp.Length: "length",
    exp.Lower: "lower",
    exp.RegexpExtract: "regexp_extract",
    exp.Replace: "replace",
    exp.Reverse: "reverse",
    exp.Right: "right",
    exp.SplitPart: "split_part",
    exp.StrToTime: "strptime",
    exp.Substring: "substring",
    exp.Trim: "trim",
    exp.Upper: "upper",
}
"""Functions that sqlglot has a class for; others come with their name."""

WRITTEN = "written"
"""Under this name each part of a condition keeps how it is written."""

PLAN = "plan"
"""Under this one its `Plan`, once it was asked for."""

ALIASES = {
    "try_strptime": "strptime",
    "jaro_winkler": "jaro_winkler_similarity",
    "jaro_sim": "jaro_similarity",
}
NUMERIC = frozenset(
    {"DOUBLE", "FLOAT", "INT", "BIGINT", "SMALLINT", "TINYINT", "DECIMAL", "REAL"}
)


def is_list(tree: exp.Expr) -> bool:
    """Say whether a part of a condition gives several texts, as ``words`` does."""
    return isinstance(tree, exp.Anonymous) and tree.name.lower() in LISTS


def words_of(tree: exp.Expr, pairs: Pairs) -> Words:
    """Return the texts that a part of a condition gives; numbers are written out."""
    return _as_words(value_of(tree, pairs), pairs)


def column_of(node: exp.Column) -> tuple[str, str]:
    """Return the side and the column of ``name_l``, ``l.name`` and their like."""
    name, table = node.name, node.table.lower()
    if table in ("l", "r"):
        return table, name
    head, _, tail = name.rpartition("_")
    if not table and head and tail.lower() in ("l", "r"):
        return tail.lower(), head
    raise ModelRefused(f"{node.sql()!r} is of neither side: want name_l, or l.name")


def name_of(node: exp.Expr) -> str:
    """Return the name of a function, as `matching.linkage.functions` knows it."""
    name = node.name.lower() if isinstance(node, exp.Anonymous) else NAMED[type(node)]
    return ALIASES.get(name, name)


class Plan(NamedTuple):
    """How a part of a condition is written, and what finds its value."""

    written: str
    find: Find

    def __deepcopy__(self, memo: dict[int, Any]) -> "Plan":
        """Return itself: it holds for a copy of the part as well."""
        return self


def value_of(node: exp.Expr, pairs: Pairs) -> Value:
    """Return what a part gives for each pair, once for each way to write it."""
    written, find = node.meta.get(PLAN) or _planned(node)
    value = pairs.found.get(written)
    if value is None:
        value = pairs.found[written] = find(pairs)
    return value


def _planned(node: exp.Expr) -> Plan:
    plan = Plan(node.meta.get(WRITTEN) or node.sql(), _finder(node))
    node.meta[PLAN] = plan
    return plan


def _finder(node: exp.Expr) -> Find:
    if isinstance(node, exp.Column):
        return partial(_column, *column_of(node))
    handler = HANDLERS.get(type(node))
    if handler is not None:
        return partial(handler, node)
    if type(node) in COMPARES:
        return _comparer(node)
    if type(node) in ARITHMETIC:
        return partial(_computed, node)
    return _caller(node)


def _column(side: str, name: str, pairs: Pairs) -> Words:
    return pairs.words(side, name)


def _computed(node: exp.Expr, pairs: Pairs) -> Amounts:
    one, other = (_amounts(side, pairs) for side in (node.this, node.expression))
    with np.errstate(divide="ignore", invalid="ignore"):
        return Amounts(ARITHMETIC[type(node)](one, other))


def _caller(node: exp.Expr) -> Find:
    name, arguments = name_of(node), _arguments(node)
    if name == "epoch":
        return partial(value_of, arguments[0])
    if name in LIKENESS:
        return partial(_likened, name, arguments[0], arguments[1])
    rest = [_constant(one) for one in arguments[1:]]
    if name in NUMBER_PARTS:
        return partial(_measured, name, arguments[0], rest)
    return partial(_taken, name, arguments[0], rest)


def _likened(name: str, one: exp.Expr, other: exp.Expr, pairs: Pairs) -> Amounts:
    return pairs.likeness(name, words_of(one, pairs), words_of(other, pairs))


def _measured(name: str, one: exp.Expr, rest: Rest, pairs: Pairs) -> Amounts:
    return pairs.amount(
        words_of(one, pairs), lambda text: NUMBER_PARTS[name](text, *rest)
    )


def _taken(name: str, one: exp.Expr, rest: Rest, pairs: Pairs) -> Words:
    return pairs.part(words_of(one, pairs), lambda text: TEXT_PARTS[name](text, *rest))


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Anonymous):
        return list(node.expressions)
    named = (node.args.get(key) for key in node.arg_types)
    return [one for one in named if isinstance(one, exp.Expr)]


def _constant(node: exp.Expr) -> str | int:
    """Return a text or whole number that is written out."""
    if isinstance(node, exp.Neg):
        return -int(_constant(node.this))
    if not isinstance(node, exp.Literal):
        raise ModelRefused(f"{node.sql()!r} must be written out, it may not vary")
    return str(node.this) if node.is_string else int(node.this)


def _comparer(node: exp.Expr) -> Callable[[Pairs], Claims]:
    written = node.expression
    if isinstance(written, exp.Literal) and not written.is_string:
        return partial(_held_against, type(node), node.this, float(written.this))
    return partial(_compared, node)


def _held_against(
    kind: type[exp.Expr], one: exp.Expr, number: float, pairs: Pairs
) -> Claims:
    given = _amounts(one, pairs)
    return _claimed(COMPARES[kind](given, number), np.isnan(given))


def _compared(node: exp.Expr, pairs: Pairs) -> Claims:
    compare = COMPARES[type(node)]
    one, other = value_of(node.this, pairs), value_of(node.expression, pairs)
    if isinstance(one, Words) and isinstance(other, Words):
        return _compared_words(one, other, compare, pairs)
    left, right = _as_amounts(one, pairs), _as_amounts(other, pairs)
    return _claimed(compare(left, right), np.isnan(left) | np.isnan(right))


def _compared_words(one: Words, other: Words, compare: Compare, pairs: Pairs) -> Claims:
    left: Integers = one.numbers
    right: Integers = other.numbers
    if compare not in (np.equal, np.not_equal):
        left, right = _ordered(left, right, pairs.left.texts)
    is_unknown = (one.numbers == MISSING) | (other.numbers == MISSING)
    return _claimed(compare(left, right), is_unknown)


def _ordered(
    left: Integers, right: Integers, texts: Texts
) -> tuple[Integers, Integers]:
    """Return the places of texts in the order of their letters."""
    used, back = np.unique(np.concatenate([left, right]), return_inverse=True)
    used = used[used != MISSING]
    every = np.array(texts.of(used.astype(np.int32)), dtype=object)
    places = np.argsort(np.argsort(every))
    behind = np.concatenate(
        [np.full(back.max(initial=0) + 1 - used.size, MISSING), places]
    )
    both = behind[back]
    return both[: left.size], both[left.size :]


def _claimed(holds: Answers, is_unknown: Answers) -> Claims:
    truths = holds.view(np.int8)
    truths |= -is_unknown.view(np.int8)  # all bits, as `UNKNOWN` has them
    return Claims(truths)


def _amounts(node: exp.Expr, pairs: Pairs) -> Floats:
    return _as_amounts(value_of(node, pairs), pairs)


def _as_amounts(value: Value, pairs: Pairs) -> Floats:
    if isinstance(value, Words):
        return pairs.amount(value, number_of).values
    if isinstance(value, Claims):
        return np.where(value.truths == UNKNOWN, np.nan, value.truths)
    return value.values


def _as_words(value: Value, pairs: Pairs) -> Words:
    if isinstance(value, Words):
        return value
    texts = pairs.left.texts
    given = _as_amounts(value, pairs)
    written = [None if one != one else f"{one:.17g}" for one in given.tolist()]
    return Words(texts.numbers_of(written))


def _claims(node: exp.Expr, pairs: Pairs) -> Truths:
    value = value_of(node, pairs)
    if not isinstance(value, Claims):
        raise ModelRefused(f"{node.sql()!r} is a value, not a condition")
    return value.truths


def _joined(node: exp.Expr, pairs: Pairs, *, how: Join) -> Claims:
    sides = [_claims(one, pairs) for one in (node.this, node.expression)]
    return Claims(how(sides))


def _is(node: exp.Expr, pairs: Pairs) -> Claims:
    if not isinstance(node.expression, exp.Null):
        raise ModelRefused(f"{node.sql()!r}: only IS NULL is known")
    value = value_of(node.this, pairs)
    if isinstance(value, Words):
        return Claims((value.numbers == MISSING).view(np.int8))
    return Claims(np.isnan(_as_amounts(value, pairs)).view(np.int8))


def _overlap(node: exp.Expr, pairs: Pairs) -> Claims:
    sides = (node.this, node.expression)
    names = {side.name.lower() for side in sides if is_list(side)}
    if len(names) != 1 or not all(map(is_list, sides)):
        known = ", ".join(LISTS)
        raise ModelRefused(f"{node.sql()!r}: want one of {known} on both sides")
    one, other = (words_of(side.expressions[0], pairs) for side in sides)
    shared = pairs.likeness(f"share {names.pop()}", one, other).values
    truths = np.where(np.isnan(shared), UNKNOWN, shared).astype(np.int8)
    return Claims(truths)


def _in(node: exp.Expr, pairs: Pairs) -> Claims:
    equal = [exp.EQ(this=node.this, expression=one) for one in node.expressions]
    return Claims(either([_comparer(one)(pairs).truths for one in equal]))


def _literal(node: exp.Expr, pairs: Pairs) -> Value:
    if node.is_string:
        number = pairs.left.texts.number_of(node.this)
        return Words(np.full(len(pairs), number, dtype=np.int32))
    return Amounts(np.full(len(pairs), float(node.this)))


def _null(node: exp.Expr, pairs: Pairs) -> Words:
    return Words(np.full(len(pairs), MISSING, dtype=np.int32))


def _boolean(node: exp.Expr, pairs: Pairs) -> Claims:
    return Claims(np.full(len(pairs), int(bool(node.this)), dtype=np.int8))


def _coalesced(node: exp.Expr, pairs: Pairs) -> Words:
    numbers = words_of(node.this, pairs).numbers
    for other in node.expressions:
        instead = words_of(other, pairs).numbers
        numbers = np.where(numbers == MISSING, instead, numbers).astype(np.int32)
    return Words(numbers)


def _nullif(node: exp.Expr, pairs: Pairs) -> Words:
    one, other = (words_of(side, pairs) for side in (node.this, node.expression))
    is_same = one.numbers == other.numbers
    return Words(np.where(is_same, MISSING, one.numbers).astype(np.int32))


def _concatenated(node: exp.Expr, pairs: Pairs) -> Words:
    """Join texts; with ``||`` one that is missing makes the whole missing."""
    is_strict = isinstance(node, exp.DPipe)
    sides = [node.this, node.expression] if is_strict else node.expressions
    columns = [words_of(side, pairs).numbers for side in sides]
    texts = pairs.left.texts
    rows, back = np.unique(np.stack(columns), axis=1, return_inverse=True)
    made = [
        None if is_strict and MISSING in row else "".join(texts.of(row[row != MISSING]))
        for row in rows.T
    ]
    return Words(texts.numbers_of(made)[back.ravel()])


def _cast(node: exp.Expr, pairs: Pairs) -> Value:
    kind = node.args["to"].this.name
    if kind in NUMERIC:
        return Amounts(_amounts(node.this, pairs))
    if kind in ("VARCHAR", "TEXT", "CHAR"):
        return words_of(node.this, pairs)
    raise ModelRefused(f"{node.sql()!r}: only numbers and texts can be cast to")


HANDLERS: dict[type[exp.Expr], Callable[[Any, Pairs], Value]] = {
    exp.And: partial(_joined, how=both),
    exp.Or: partial(_joined, how=either),
    exp.Not: lambda node, pairs: Claims(opposite(_claims(node.this, pairs))),
    exp.Paren: lambda node, pairs: value_of(node.this, pairs),
    exp.Is: _is,
    exp.In: _in,
    exp.ArrayOverlaps: _overlap,
    exp.Literal: _literal,
    exp.Null: _null,
    exp.Boolean: _boolean,
    exp.Neg: lambda node, pairs: Amounts(-_amounts(node.this, pairs)),
    exp.Abs: lambda node, pairs: Amounts(np.abs(_amounts(node.this, pairs))),
    exp.TimeToUnix: lambda node, pairs: Amounts(_amounts(node.this, pairs)),
    exp.Coalesce: _coalesced,
    exp.Nullif: _nullif,
    exp.DPipe: _concatenated,
    exp.Concat: _concatenated,
    exp.Cast: _cast,
    exp.TryCast: _cast,
}
