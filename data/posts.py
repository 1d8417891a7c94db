"""Toll gantries of the store as posts, whose kilometre their code tells."""

from collections.abc import Iterable, Mapping
from typing import Any

from data import queries
from data.records import SiteKind
from data.store import Transaction
from geo.written.posts import Post, Posts
from geo.written.roads import post_of_code


def kept_posts(tx: Transaction) -> Posts:
    """Give the posts of every gantry that the store has; none when it has none."""
    return posts_of(tx.rows(queries.site_columns([SiteKind.GANTRY])))


def posts_of(gantries: Iterable[Mapping[str, Any]]) -> Posts:
    """Make posts of gantries by their ids.

    Parameters
    ----------
    gantries
        Rows with ``id``, ``lng`` and ``lat`` in WGS 84 degrees.

    Returns
    -------
    Posts
        A gantry whose id tells no kilometre of its road is left out.
    """
    read = ((row, post_of_code(row["id"])) for row in gantries)
    return Posts(
        Post(
            road=post.road,
            km=post.km,
            direction=post.direction,
            lng=row["lng"],
            lat=row["lat"],
            name=row["id"],
        )
        for row, post in read
        if post is not None
    )
