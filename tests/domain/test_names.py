"""One key per name, however it is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.names import name_key


@pytest.mark.parametrize(
    "names",
    [
        ("Köhler GmbH", "koehler", "kohler", "KÖHLER", "Köhler"),
        ("Bäckerei Köhler & Söhne", "Baeckerei Koehler und Soehne", "backerei kohler sohne"),
        ("Cobalt Freight, Inc.", "cobalt freight", "Cobalt  Freight LLC"),
        ("Müller GmbH & Co. KG", "Mueller", "müller"),
        ("Société Générale S.A.", "societe generale"),
        ("Weiß AG", "Weiss"),
        ("O'Brien's", "O’Briens"),
        ("Łódź Ørsted", "lodz orsted"),
    ],
)
def test_case_accents_punctuation_and_legal_forms_do_not_matter(names: tuple[str, ...]) -> None:
    assert len({name_key(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("Acme", "Acme Labs"), ("AG Insurance", "Insurance"), ("Dune", "Dunes"), ("日本", "中国")]
)
def test_different_names_keep_different_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize("name", ["GmbH", "Inc.", "and", "!!!", "日本 株式会社", "🎈"])
def test_a_name_of_legal_forms_or_signs_alone_still_has_a_key(name: str) -> None:
    assert name_key(name)


@given(st.text(max_size=60))
def test_only_a_blank_name_has_no_key(name: str) -> None:
    assert bool(name_key(name)) == bool(name.strip())


@given(st.lists(st.from_regex(r"[a-zA-ZäöüßÉ]{3,9}", fullmatch=True), min_size=2, max_size=4))
def test_the_first_words_of_a_name_find_it(words: list[str]) -> None:
    assert name_key(" ".join(words)).startswith(name_key(" ".join(words[:-1]))) or name_key(words[-1]) == ""
