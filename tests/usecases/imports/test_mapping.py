import pytest

from bot.errors import InputRefused
from bot.usecases.imports.fields import CUSTOMER_FIELDS, TOUCH_FIELDS, Subject
from bot.usecases.imports.mapping import ColumnMapping, map_columns


def customers(*header: str, **told: str) -> ColumnMapping:
    return map_columns("c.csv", header, Subject.CUSTOMERS, told)


def found(mapping: ColumnMapping) -> dict[str, str]:
    return {column.column: column.field for column in mapping.columns}


def test_the_contracts_columns_are_themselves() -> None:
    header = [
        "external_id", "name", "owner", "segment", "standing", "annual_value", "currency", "contact_name",
        "contact_email", "contact_phone", "preferred_channel", "locale", "timezone", "birthday", "customer_since",
        "renewal_on", "tags", "notes",
    ]  # fmt: skip
    mapping = customers(*header)
    assert found(mapping) == dict(zip(header, header, strict=True))
    assert {column.because for column in mapping.columns} == {"name"}
    touches = ["external_id", "customer", "at", "kind", "direction", "by", "contact", "amount", "note"]
    assert found(map_columns("t.csv", touches, Subject.TOUCHES)) == dict(zip(touches, touches, strict=True))


def test_an_own_name_wins_over_a_synonym() -> None:
    assert found(customers("Company", "name", "Record ID", "external_id")) == {
        "name": "name", "external_id": "external_id",
    }  # fmt: skip


def test_german_headings_are_understood() -> None:
    mapping = customers("Kundennr", "Firma", "Jahresumsatz (EUR)", "E-Mail", "Geburtstag", "Kunde seit")
    assert list(found(mapping).values()) == [
        "external_id", "name", "annual_value", "contact_email", "birthday", "customer_since",
    ]  # fmt: skip
    assert mapping.currency == "EUR"


def test_a_misspelt_heading_is_a_guess_and_says_so() -> None:
    (name, value) = customers("name", "Anual Revenue").columns
    assert (value.field, value.because, name.because) == ("annual_value", "likeness", "name")


@pytest.mark.parametrize(
    "heading", ["Company size", "Ownership", "Last Activity Date", "Named account", "Tagline", "Zone"]
)
def test_what_only_looks_like_a_field_is_kept_in_the_profile(heading: str) -> None:
    mapping = customers("name", heading)
    assert found(mapping) == {"name": "name"}
    assert mapping.kept == ((heading, 1),)


def test_two_columns_for_one_field_are_named_with_the_way_to_choose() -> None:
    mapping = customers("name", "Telefon", "Mobile")
    assert found(mapping)["Telefon"] == "contact_phone"
    assert mapping.doubts == (
        "'Mobile' could be contact_phone too; 'Telefon' was taken. To choose: --map 'contact_phone=Mobile'",
    )


def test_a_person_knows_better() -> None:
    mapping = customers("name", "Telefon", "Mobile", "Segment", contact_phone="mobile", segment="")
    assert found(mapping) == {"name": "name", "Mobile": "contact_phone"}
    assert [name for name, _ in mapping.kept] == ["Telefon", "Segment"]


@pytest.mark.parametrize(
    ("told", "words"), [({"nme": "name"}, "there is no field 'nme'"), ({"name": "Firma"}, "has no column 'Firma'")]
)
def test_a_mapping_that_cannot_be_is_refused(told: dict[str, str], words: str) -> None:
    with pytest.raises(InputRefused, match=words):
        customers("name", **told)


def test_a_file_without_the_column_that_matters_is_refused_with_what_it_has() -> None:
    with pytest.raises(InputRefused, match=r"no column for name.*'Foo', 'Bar'.*--map 'name=COLUMN'"):
        customers("Foo", "Bar")
    with pytest.raises(InputRefused, match="no column for customer and at"):
        map_columns("t.csv", ["Foo"], Subject.TOUCHES)


def test_the_columns_of_a_rejects_file_are_not_the_files_own() -> None:
    assert customers("rejected_line", "rejected_field", "rejected_value", "remedy", "name").kept == ()


@pytest.mark.parametrize("specs", [CUSTOMER_FIELDS, TOUCH_FIELDS])
def test_synonyms_are_written_in_their_normal_form(specs: tuple[object, ...]) -> None:
    from bot.usecases.imports.fields import FieldSpec
    from bot.usecases.imports.mapping import normal_heading

    for spec in specs:
        assert isinstance(spec, FieldSpec)
        assert [normal_heading(word) for word in spec.synonyms] == list(spec.synonyms)
