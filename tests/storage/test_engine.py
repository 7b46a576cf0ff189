"""The engine on both databases: an error of the database does not quote what was being written."""

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.engine import Store


def test_an_error_does_not_quote_what_customers_said(store: Store, now: datetime) -> None:
    with pytest.raises(DBAPIError) as broken, store.session() as session:
        session.execute(text("INSERT INTO nowhere (note) VALUES (:note)"), {"note": "Acme is nearly bankrupt"})
    assert "bankrupt" not in str(broken.value)
