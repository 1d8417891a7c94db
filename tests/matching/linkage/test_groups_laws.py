"""Groups on line: what holds after any calls."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from matching.errors import TableRefused
from matching.linkage.groups import Groups, replayed

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
CHEN = {"at": AT, "by": "Chen", "why": "saw both"}
IDS = [f"r{number}" for number in range(8)]


def parts(groups):
    return sorted(groups.groups().values())


BITS = st.sampled_from([-1.0, 0.0, 1.0, 2.0, 3.0])
LINKS = st.dictionaries(st.sampled_from(IDS), BITS, max_size=4)
ID = st.sampled_from(IDS)
CALL = st.one_of(
    st.tuples(st.sampled_from(["add", "add", "change"]), ID, LINKS),
    st.tuples(st.just("remove"), ID),
    st.tuples(st.sampled_from(["link", "cut", "cut"]), ID, ID),
    st.tuples(st.just("undo"), st.integers(0, 5)),
)
CALLS = st.builds(
    lambda begin, calls: [("add", *one) for one in begin] + calls,
    st.lists(st.tuples(ID, LINKS), max_size=8, unique_by=lambda one: one[0]),
    st.lists(CALL, max_size=20),
)


def call(groups, verb, *told):
    """Make a call; None if it is refused. An undo counts from the last change."""
    number = len(groups.history()) + 1
    at = AT + timedelta(minutes=number)
    because = {"at": at} if verb in ("add", "change", "remove") else CHEN | {"at": at}
    if verb == "undo":
        told = (number - 1 - told[0],)
    try:
        return getattr(groups, verb)(*told, **because)
    except TableRefused:
        return None


def in_force(history):
    """Return the changes that nothing took back, undos themselves left out."""
    taken = set()
    for change in reversed(history):
        if change.asked.undone and change.number not in taken:
            taken.add(change.asked.undone)
    return [one for one in history if one.number not in taken and not one.asked.undone]


def edges(history):
    """Return what links the records that are there, and what was said of pairs."""
    brought, said = {}, {}
    for change in in_force(history):
        verb, ids = change.asked.verb, change.asked.ids
        if verb == "remove":
            del brought[ids[0]]
        elif verb in ("link", "cut"):
            said[ids] = verb == "link"
        else:
            brought[ids[0]] = (change.number, change.asked.links)
    found = [(0, 0.0, *pair) for pair, is_same in said.items() if is_same]
    for a, b in combinations(sorted(brought), 2):
        early, late = (a, b) if brought[a][0] < brought[b][0] else (b, a)
        if early in brought[late][1]:
            found.append((1, -brought[late][1][early], a, b))
    return [one for one in found if {*one[2:]} <= set(brought)], set(brought), said


def expected(history):
    """Group the records from nothing, by looking at everything."""
    found, records, said = edges(history)
    group = {id_: frozenset([id_]) for id_ in records}
    for _, _, a, b in sorted(found):
        both = group[a] | group[b]
        if all(said.get(pair, True) for pair in combinations(sorted(both), 2)):
            group |= dict.fromkeys(both, both)
    return sorted(tuple(sorted(one)) for one in set(group.values()))


def state(groups, given):
    return groups.groups(), {n: groups.group_of_former(n) for n in given}


def ids_given(history):
    return sorted({group for change in history for group in change.begun})


@given(CALLS)
@hypothesis_settings(max_examples=400, deadline=None)
def test_groups_are_those_that_follow_from_what_holds(calls):
    groups = Groups()
    for one in calls:
        before = state(groups, ids_given(groups.history()))
        change = call(groups, *one)
        if change is None:
            assert state(groups, ids_given(groups.history())) == before
        assert parts(groups) == expected(groups.history())
        for number, members in groups.groups().items():
            assert members
            assert {groups.group_of(id_) for id_ in members} == {number}


@given(CALLS)
@hypothesis_settings(max_examples=300, deadline=None)
def test_a_change_tells_all_that_became_of_the_groups(calls):
    groups, group = Groups(), {}
    for one in calls:
        was = dict(group)
        change = call(groups, *one)
        if change:
            records = [move.record for move in change.moves]
            assert records == sorted(set(records))
        for move in change.moves if change else ():
            assert group.pop(move.record, None) == move.was != move.now
            if move.now is not None:
                group[move.record] = move.now
        assert group == {
            id_: number for number, ids in groups.groups().items() for id_ in ids
        }
        if change:
            then, now = set(was.values()), set(group.values())
            assert set(change.begun) == now - then
            assert {end.group for end in change.ended} == then - now
            assert (change.kind == "kept") == (not change.moves)
            assert change.words.endswith(".")


@given(CALLS)
@hypothesis_settings(max_examples=300, deadline=None)
def test_ids_stay_and_are_never_given_to_another_group(calls):
    groups, ever = Groups(), {}
    for one in calls:
        before = groups.groups()
        change = call(groups, *one)
        after = groups.groups()
        is_undo = change is not None and change.asked.verb == "undo"
        for number in set(after) - set(before):
            assert number not in ever or (is_undo and ever[number] & {*after[number]})
        for number in set(before) - set(after):
            heirs = {groups.group_of(id_) for id_ in before[number] if id_ in groups}
            assert groups.group_of_former(number) in (heirs or {None}) or is_undo
        for number, members in after.items():
            ever[number] = ever.get(number, set()) | {*members}
        if change and change.kind in ("joined", "left"):
            (move,) = change.moves
            assert {k: v for k, v in after.items() if k not in move[1:]} == {
                k: v for k, v in before.items() if k not in move[1:]
            }
        if not is_undo:
            assert_most_keep(before, after)


def assert_most_keep(before, after):
    """Where one group became several, or several one, the largest keeps its id."""
    shares = {
        (was, now): len(set(ids) & set(others))
        for was, ids in before.items()
        for now, others in after.items()
        if set(ids) & set(others)
    }
    for was in before:
        to = [now for one, now in shares if one == was]
        alone = all([one for one, now in shares if now == k] == [was] for k in to)
        if to and alone:
            assert was in to
            assert shares[was, was] == max(shares[was, k] for k in to)
    for now in after:
        of = [was for was, one in shares if one == now]
        alone = all([one for k, one in shares if k == was] == [now] for was in of)
        if of and alone:
            assert now == min(of, key=lambda was: (-shares[was, now], was))


@given(CALLS, CALL)
@hypothesis_settings(max_examples=400, deadline=None)
def test_the_last_change_is_undone_exactly(calls, last):
    groups = Groups()
    for one in calls:
        call(groups, *one)
    given_before = ids_given(groups.history())
    before = state(groups, given_before)
    change = call(groups, *last)
    if change is not None:
        given_then = ids_given(groups.history())
        then = state(groups, given_then)
        groups.undo(change.number, **CHEN)
        assert state(groups, given_before) == before
        groups.undo(change.number + 1, **CHEN)
        assert state(groups, given_then) == then


@given(CALLS, st.integers(0, 30))
@hypothesis_settings(max_examples=200, deadline=None)
def test_the_history_makes_the_same_groups_again(calls, cut_at):
    groups = Groups()
    for one in calls:
        call(groups, *one)
    again = replayed(groups.history())
    given_then = ids_given(groups.history())
    assert again.history() == groups.history()
    assert state(again, given_then) == state(groups, given_then)
    assert groups.history(cut_at) == groups.history()[cut_at:]


@st.composite
def worlds(draw):
    """Weights of all pairs, and judgements that do not contradict each other."""
    pairs = list(combinations(IDS, 2))
    weights = {pair: draw(st.integers(-6, 4)) for pair in pairs}
    person = {id_: draw(st.integers(0, 3)) for id_ in IDS}
    judged = draw(st.lists(st.sampled_from(pairs), max_size=6, unique=True))
    said = [("link" if person[a] == person[b] else "cut", a, b) for a, b in judged]
    return weights, said


def come(groups, id_, weights):
    there = [other for ids in groups.groups().values() for other in ids]
    links = {other: weights[min(id_, other), max(id_, other)] for other in there}
    assert call(groups, "add", id_, links)


@given(worlds(), st.data())
@hypothesis_settings(max_examples=200, deadline=None)
def test_the_order_in_which_records_and_judgements_came_does_not_matter(world, data):
    weights, said = world
    goes = data.draw(st.sets(ID, max_size=3))
    found = []
    for _ in range(2):
        groups = Groups()
        for id_ in data.draw(st.permutations(IDS)):
            come(groups, id_, weights)
            for one in data.draw(st.permutations(said)):
                if one[1] in groups and one[2] in groups:
                    assert call(groups, *one)
        for id_ in data.draw(st.permutations(sorted(goes))):
            assert call(groups, "remove", id_)
        found.append(parts(groups))
    assert found[0] == found[1]


@given(worlds())
@hypothesis_settings(max_examples=100, deadline=None)
def test_without_cuts_a_group_is_what_hangs_together(world):
    weights, _ = world
    groups = Groups()
    for id_ in IDS:
        come(groups, id_, weights)
    for (a, b), bits in weights.items():
        if bits >= 0:
            assert groups.group_of(a) == groups.group_of(b)
    for members in groups.groups().values():
        reached = {members[0]}
        for _ in members:
            reached |= {
                x
                for pair, bits in weights.items()
                if bits >= 0 and set(pair) & reached
                for x in pair
            }
        assert reached == set(members)
