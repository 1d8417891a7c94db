"""Free description: marks, belongings, how somebody speaks, compared by characters."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matching.persons.clothing import without_clothing
from matching.persons.phrases import SENTENCES

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

Floats = NDArray[np.float64]

GRAMS = (1, 2)
"""Characters in a row that are compared: two people share words, rarely phrases."""

MOST_LETTERS = 2000
"""More of a description is not read."""


def similarities(lefts: Sequence[str], rights: Sequence[str]) -> Floats:
    """Return how alike descriptions are: the cosine of their character TF-IDF, 0 to 1.

    Words of clothing are left out, they are compared on their own. How rare a turn of
    phrase is was counted on the project's own sentences, `matching.persons.phrases`;
    what does not stand there counts as rare. NaN where nothing is left to compare.
    """
    if not lefts:
        return np.empty(0)
    every = list(dict.fromkeys((*lefts, *rights)))
    at = {text: row for row, text in enumerate(every)}
    rows = _vectors(every)
    one, other = (rows[[at[text] for text in side]] for side in (lefts, rights))
    found: Floats = np.asarray(one.multiply(other).sum(axis=1)).ravel()
    is_empty = np.asarray(rows.sum(axis=1)).ravel() == 0
    for side in (lefts, rights):
        found[[bool(is_empty[at[text]]) for text in side]] = np.nan
    return np.minimum(found, 1.0)


def _vectors(texts: Sequence[str]) -> csr_array:
    """Return texts as rows of unit length, all zeros where nothing is left."""
    counting, weighing = _fitted()
    told = [" ".join(without_clothing(text[:MOST_LETTERS]).split()) for text in texts]
    return csr_array(weighing.transform(counting.transform(told)))


@cache
def _fitted() -> "tuple[HashingVectorizer, TfidfTransformer]":
    # two seconds that only who compares descriptions should wait for
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    counting = HashingVectorizer(
        analyzer="char",
        ngram_range=GRAMS,
        n_features=2**18,
        alternate_sign=False,
        norm=None,
    )
    weighing = TfidfTransformer(sublinear_tf=True)
    weighing.fit(counting.transform(SENTENCES))
    return counting, weighing
