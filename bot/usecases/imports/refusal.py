"""How a cell or a row is refused: in words that finish "annual_value '12k5' …", with what to write instead."""


class FieldRefused(ValueError):
    """A cell cannot be read; the text says why and what to write."""


class RowRefused(ValueError):
    """A row cannot be taken; names the field and its value."""

    def __init__(self, field: str, value: str, why: str) -> None:
        super().__init__(why)
        self.field, self.value, self.why = field, value, why
