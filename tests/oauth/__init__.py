"""Installing in many workspaces."""
