"""Every command explains itself."""

import pytest

from tests.support.bot import Office


@pytest.mark.parametrize("command", ["/whois-neglected", "/touch", "/customer", "/keepwarm"])
def test_each_command_explains_itself_privately(office: Office, command: str) -> None:
    answer = office.slack.slash("U0ANA", "C0TEAM", command, "help")
    assert answer.ok, answer
    assert command in office.slack.ephemerals("U0ANA")[-1].text
