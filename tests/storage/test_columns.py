"""Ids that every table shares."""

from storage.columns import new_id, new_ids


def test_ids_drawn_together_and_singly_grow_and_never_meet() -> None:
    drawn = [*new_ids(5), new_id(), *new_ids(0), *new_ids(3), new_id()]
    assert len(drawn) == 10
    assert drawn == sorted(set(drawn))
