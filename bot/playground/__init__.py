"""A stand-in for Slack, for the demo and for the tests: it refuses what Slack refuses. See server.Playground."""

from bot.playground.model import CannotDo, Channel, Message, Person, View
from bot.playground.server import Playground

__all__ = ["CannotDo", "Channel", "Message", "Person", "Playground", "View"]
