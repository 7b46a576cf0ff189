"""A CSV file into the ledger: read as it is, checked cell by cell, written in one transaction or not at all."""

from bot.usecases.imports.fields import Subject
from bot.usecases.imports.importing import import_file
from bot.usecases.imports.outcome import Outcome
from bot.usecases.imports.report import report

__all__ = ["Outcome", "Subject", "import_file", "report"]
