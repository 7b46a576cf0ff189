"""Suggestions to customers: facts in, plain text out. Nothing here sends anything."""

from bot.writer.lint import lint
from bot.writer.opening import one_line, with_openers
from bot.writer.suggestions import Suggestion, fitting_variants, variants, write

__all__ = ["Suggestion", "fitting_variants", "lint", "one_line", "variants", "with_openers", "write"]
