"""Hostile input by the hundred thousand: what nobody would write down as a case."""
