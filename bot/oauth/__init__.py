"""Installing in many workspaces: the pages, the exchange with Slack, and the tokens that come of it."""
