"""Models: a prior, comparisons and their levels, as Splink's settings write them.

A model that Splink trained is one of ours, and the other way round; files of them are
read and written by `matching.linkage.model_files`. A level without m or u was never met
in training; it gets what Splink gives it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log2
from typing import Any

from sqlglot import exp

from matching.errors import ModelRefused
from matching.linkage.conditions import Condition, condition_of

EXACT_M = 0.95
FIRST_BITS, LAST_BITS, EXACT_BITS = -5.0, 3.0, 10.0
"""What Splink takes for levels that it has not trained: the m of the level of equal
values, and the bits of the others from the least to the last but one."""

ELSE = "ELSE"
LINK_TYPES = ("dedupe_only", "link_only")


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison: the first whose condition holds is reached.

    ``m`` is its probability among matches, ``u`` among all other pairs. A level of
    missing values weighs nothing. With ``tf_column``, the weight is that of the rarity
    of the value at hand, by ``tf_weight`` of the difference, a share below ``tf_least``
    counting as that.
    """

    condition: Condition | None
    label: str
    m: float
    u: float
    is_missing: bool = False
    tf_column: str | None = None
    tf_weight: float = 1.0
    tf_least: float = 0.0
    tf_own_u: bool = False

    @property
    def bits(self) -> float:
        """The match weight, log2(m / u); 0 where a value is missing."""
        return 0.0 if self.is_missing else log2(self.m / self.u)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One kind of evidence; its levels in the order they are asked."""

    name: str
    levels: tuple[Level, ...]
    description: str = ""

    def exact_u(self, column: str) -> float | None:
        """Return the u of the level of equal values of a column; None without one."""
        for level in self.levels:
            if level.condition is not None and _is_exact(level.condition, column):
                return level.u
        return None


@dataclass(frozen=True, slots=True)
class Model:
    """A Fellegi-Sunter model for the rows of one or two tables.

    Source: Fellegi & Sunter 1969, *A Theory for Record Linkage*, JASA 64(328), eq. 7-9;
    weights in bits as the logarithm to base 2 of their ratio. Term frequencies as
    Splink has them, see `matching.linkage.scoring`.
    """

    link_type: str
    prior: float
    id_column: str
    comparisons: tuple[Comparison, ...]
    blocking: tuple[Condition, ...]
    frequencies: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def prior_bits(self) -> float:
        """The prior odds in bits, log2(p / (1 - p))."""
        return log2(self.prior / (1 - self.prior))

    @property
    def tf_columns(self) -> tuple[str, ...]:
        """The columns of which the rarity of a value counts, sorted."""
        every = (level for one in self.comparisons for level in one.levels)
        return tuple(sorted({level.tf_column for level in every if level.tf_column}))

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that the tables must have, sorted."""
        conditions = [*self.blocking, *(c for c in self._conditions())]
        asked = {column for one in conditions for _, column in one.columns}
        return tuple(sorted(asked | set(self.tf_columns)))

    def _conditions(self) -> list[Condition]:
        every = (level.condition for one in self.comparisons for level in one.levels)
        return [condition for condition in every if condition is not None]


def model_of(
    content: Mapping[str, Any],
    frequencies: Mapping[str, Mapping[str, float]] | None = None,
) -> Model:
    """Make a model of Splink's settings, and of the shares of values, if it has them.

    Raises
    ------
    ModelRefused
        A value is missing, no probability, or a condition that is not known here.
    """
    try:
        return replace(_model(content), frequencies=frequencies or {})
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelRefused(f"no settings of Splink: {error!r}") from error


def settings_of(model: Model) -> dict[str, Any]:
    """Return a model as Splink's settings, which have no place for shares."""
    return {
        **model.about,
        "link_type": model.link_type,
        "probability_two_random_records_match": model.prior,
        "unique_id_column_name": model.id_column,
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": rule.sql, "sql_dialect": "duckdb"}
            for rule in model.blocking
        ],
        "comparisons": [
            {
                "output_column_name": comparison.name,
                "comparison_levels": [_as_words(one) for one in comparison.levels],
                "comparison_description": comparison.description,
            }
            for comparison in model.comparisons
        ],
    }


def trained(
    comparison: Comparison, m: Sequence[float], u: Sequence[float]
) -> Comparison:
    """Return a comparison with other m and u, one of each for each level.

    Those of levels of missing values are passed over.
    """
    levels = [
        level if level.is_missing else replace(level, m=new_m, u=new_u)
        for level, new_m, new_u in zip(comparison.levels, m, u, strict=True)
    ]
    return replace(comparison, levels=tuple(levels))


def _model(content: Mapping[str, Any]) -> Model:
    dialect = content.get("sql_dialect", "duckdb")
    link_type = content["link_type"]
    if link_type not in LINK_TYPES:
        raise ModelRefused(f"link_type {link_type!r}: want one of {LINK_TYPES}")
    prior = _probability(content["probability_two_random_records_match"], "the prior")
    known = {
        "link_type",
        "probability_two_random_records_match",
        "unique_id_column_name",
        "blocking_rules_to_generate_predictions",
        "comparisons",
    }
    model = Model(
        link_type=link_type,
        prior=prior,
        id_column=content.get("unique_id_column_name", "unique_id"),
        comparisons=tuple(
            _comparison(one, dialect) for one in content.get("comparisons", ())
        ),
        blocking=tuple(
            condition_of(_rule(one), dialect=dialect)
            for one in content.get("blocking_rules_to_generate_predictions", ())
        ),
        about={key: value for key, value in content.items() if key not in known},
    )
    names = [comparison.name for comparison in model.comparisons]
    if len(names) != len(set(names)) or not names:
        raise ModelRefused("want comparisons, each with a name of its own")
    return model


def _rule(rule: str | Mapping[str, Any]) -> str:
    return rule if isinstance(rule, str) else str(rule["blocking_rule"])


def _comparison(content: Mapping[str, Any], dialect: str) -> Comparison:
    name = content["output_column_name"]
    written = content["comparison_levels"]
    real = [one for one in written if not one.get("is_null_level")]
    if len(real) < 2 or written[-1]["sql_condition"].upper() != ELSE:
        raise ModelRefused(f"{name}: want two levels or more, the last one {ELSE}")
    defaults = dict(zip(map(id, real), _defaults(len(real)), strict=True))
    levels = tuple(
        _level(one, name, dialect, defaults.get(id(one), (1.0, 1.0))) for one in written
    )
    comparison = Comparison(name, levels, content.get("comparison_description", ""))
    for level in levels:
        column = level.tf_column
        if column and not level.tf_own_u and comparison.exact_u(column) is None:
            raise ModelRefused(f"{name}: no level asks whether {column} is equal")
    return comparison


def _level(
    content: Mapping[str, Any],
    comparison: str,
    dialect: str,
    default: tuple[float, float],
) -> Level:
    sql = content["sql_condition"]
    is_missing = bool(content.get("is_null_level"))
    where = f"{comparison}, {sql!r}"
    m, u = default
    if not is_missing and "m_probability" in content:
        m = _probability(content["m_probability"], f"{where}: m")
    if not is_missing and "u_probability" in content:
        u = _probability(content["u_probability"], f"{where}: u")
    is_else = sql.upper() == ELSE
    return Level(
        condition=None if is_else else condition_of(sql, dialect=dialect),
        label=content.get("label_for_charts", sql),
        m=m,
        u=u,
        is_missing=is_missing,
        tf_column=None if is_else else content.get("tf_adjustment_column"),
        tf_weight=float(content.get("tf_adjustment_weight", 1.0)),
        tf_least=float(content.get("tf_minimum_u_value", 0.0)),
        tf_own_u=bool(content.get("disable_tf_exact_match_detection")),
    )


def _defaults(n: int) -> list[tuple[float, float]]:
    """Return the m and u of untrained levels, the level of equal values first."""
    m = [EXACT_M] + [(1 - EXACT_M) / (n - 1)] * (n - 1)
    step = (LAST_BITS - FIRST_BITS) / (n - 2) if n > 2 else 0.0
    bits = [EXACT_BITS] + [FIRST_BITS + k * step for k in reversed(range(n - 1))]
    return [(one, one / 2**weight) for one, weight in zip(m, bits, strict=True)]


def _probability(value: object, what: str) -> float:
    if not isinstance(value, int | float) or not 0 < value < 1:
        raise ModelRefused(f"{what} is {value!r}; it must lie between 0 and 1")
    return float(value)


def _as_words(level: Level) -> dict[str, Any]:
    words: dict[str, Any] = {
        "sql_condition": level.condition.sql if level.condition else ELSE,
        "label_for_charts": level.label,
    }
    if level.is_missing:
        return {**words, "is_null_level": True}
    words |= {"m_probability": level.m, "u_probability": level.u}
    if level.tf_column:
        words |= {
            "tf_adjustment_column": level.tf_column,
            "tf_adjustment_weight": level.tf_weight,
        }
        if level.tf_least:
            words["tf_minimum_u_value"] = level.tf_least
        if level.tf_own_u:
            words["disable_tf_exact_match_detection"] = True
    return words


def _is_exact(condition: Condition, column: str) -> bool:
    """Say whether a condition asks for equal values of this column, and no more."""
    tree = condition.tree.unnest()
    return condition.columns == (("l", column), ("r", column)) and (
        isinstance(tree, exp.EQ)
        and isinstance(tree.this, exp.Column)
        and isinstance(tree.expression, exp.Column)
    )
