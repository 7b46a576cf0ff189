"""Alembic's entry: runs the migrations on the connection that `storage.migrate` opened."""

from alembic import context

import storage.models
import storage.models_team
import storage.models_voice
import storage.standing_models  # noqa: F401  all of them register tables
from storage.jobs import is_ours
from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    include_name=is_ours,
)
with context.begin_transaction():
    context.run_migrations()
