"""The documents are proved against the code: commands, settings, columns and targets, and what no file may hold."""

import re
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
from typer.main import get_command

from bot.__main__ import app
from bot.domain.commands import COMMANDS
from bot.manifest import OPTIONAL_SCOPES, REQUIRED_SCOPES
from bot.settings import Settings
from bot.usecases.exports import CUSTOMER_COLUMNS, TOUCH_COLUMNS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
# Put together here, so that this file is not one of those that hold them.
FORBIDDEN = re.compile(
    "|".join(
        re.escape(word)
        for word in (
            "pypi" + ".org", "pythonhosted" + ".org", "registry.npmjs" + ".org", "file:" + "///", "--index" + "-url",
            "--extra-index" + "-url", "--find" + "-links",
        )
    )
)  # fmt: skip
UNFINISHED = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")


def section(title: str) -> str:
    """The text under a heading of the README."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found, f"the README has no section {title!r}"
    return found[1]


def rows(title: str) -> list[list[str]]:
    """The rows of the first table under a heading, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def commands() -> dict[str, Any]:
    """The commands of the terminal."""
    command = get_command(app)
    assert isinstance(command, click.Group) or hasattr(command, "commands")
    return dict(command.commands)


def options(command: Any) -> set[str]:
    """The options of a command and of the commands under it."""
    own = {name for parameter in command.params for name in parameter.opts if name.startswith("--")} - {"--help"}
    return own.union(*(options(under) for under in getattr(command, "commands", {}).values()))


def targets() -> set[str]:
    """The targets of the Makefile that people call."""
    found = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert found
    return set(found[1].split())


def tracked() -> list[Path]:
    """Every file that is in the repository, as far as it is text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file() and not name.endswith((".png", ".db"))]


def test_every_command_of_the_terminal_is_in_the_readme_and_none_else() -> None:
    written = {re.findall(r"[a-z-]+", cells[0])[0] for cells in rows("The command line")}
    assert written == set(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_option_of_a_command_is_in_the_readme_and_none_else(name: str) -> None:
    (cell,) = [cells[0] for cells in rows("The command line") if cells[0].startswith(f"`{name}")]
    assert set(re.findall(r"--[a-z-]+", cell)) == options(commands()[name])


def test_every_setting_is_in_the_readme_and_none_else() -> None:
    known = {field.validation_alias for field in Settings.model_fields.values()}
    written = {name for cells in rows("Configuration") for name in re.findall(r"[A-Z_]{4,}", cells[0])}
    assert written == known


def test_every_default_in_the_readme_is_the_codes() -> None:
    defaults = {str(field.validation_alias): field.default for field in Settings.model_fields.values()}
    for name, default, _ in rows("Configuration"):
        if default:
            assert default.strip("`") == str(defaults[name.strip("`")]), name


def test_every_setting_is_in_the_example_with_the_codes_default() -> None:
    defaults = {str(field.validation_alias): field.default for field in Settings.model_fields.values()}
    lines = (ROOT / ".env.example").read_text().splitlines()
    written = dict(line.lstrip("#").split("=", 1) for line in lines if re.match(r"#?[A-Z_]+=", line))
    assert set(written) == set(defaults)
    for name, value in written.items():
        if value and not value.startswith(("xoxb-", "xapp-")):
            assert value == str(defaults[name])


def test_the_columns_of_both_files_are_the_codes() -> None:
    text = section("Your files")
    assert f"\n{','.join(CUSTOMER_COLUMNS)}\n" in text
    assert f"\n{','.join(TOUCH_COLUMNS)}\n" in text


def test_every_slash_command_is_written_as_its_help_writes_it() -> None:
    written = {name.strip("`"): (hint.strip("`"), about) for name, hint, about in rows("Every day")}
    assert written == {name: (usage.hint, usage.about) for name, usage in COMMANDS.items()}


@pytest.mark.parametrize("path", [*DOCUMENTS, ROOT / "Dockerfile", ROOT / ".env.example"], ids=lambda path: path.name)
def test_every_command_that_a_document_tells_to_type_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    typed = set(re.findall(r"python -m bot ([a-z-]+)", text))
    assert typed <= set(commands())
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)) <= targets()
    assert set(re.findall(r"(?<![\w/.-])(/[a-z]+(?:-[a-z]+)*)\b(?=[ `])", text)) - {
        "/readyz", "/healthz", "/metrics", "/data",
    } <= {*COMMANDS}  # fmt: skip


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_make_help_lists_every_target() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in listed.splitlines() if line.startswith("make ")} == targets()


def test_no_file_names_where_packages_come_from() -> None:
    assert [str(path.relative_to(ROOT)) for path in tracked() if FORBIDDEN.search(_text(path))] == []


def test_nothing_is_left_unfinished() -> None:
    # The page's bundle is built from libraries, whose own words are theirs.
    ours = [path for path in tracked() if path.name != "app.js"]
    assert [str(path.relative_to(ROOT)) for path in ours if UNFINISHED.search(_text(path))] == []


def test_nobody_shouts_in_the_documents() -> None:
    for path in DOCUMENTS:
        prose = re.sub(r"`[^`]*`|```.*?```|!\[", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert "!" not in prose, path.name


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def test_every_bad_day_in_the_documents_is_a_test() -> None:
    table = (ROOT / "docs" / "failure-modes.md").read_text(encoding="utf-8").splitlines()
    lines = [line for line in table if line.startswith("| ")][2:]
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert lines
    for line in lines:
        proofs = set(re.findall(r"`(test_\w+)`", line.rsplit("|", 2)[1]))
        assert proofs, f"nothing proves: {line}"
        assert proofs <= written, f"no such test: {proofs - written}"


def test_every_scope_of_the_manifest_is_explained_and_none_else() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    written = dict(re.findall(r"^\| `([a-z:.]+)` \| .+ \| (required|optional) \|$", text, re.MULTILINE))
    assert written == dict.fromkeys(REQUIRED_SCOPES, "required") | dict.fromkeys(OPTIONAL_SCOPES, "optional")
