"""The ledger"""

import sqlalchemy as sa
from alembic import op

import storage.columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "workspace",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("slack_team_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("base_currency", sa.String(), nullable=False),
        sa.Column("rates", sa.JSON(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("slack_bot_user_id", sa.String(), nullable=True),
        sa.Column("bot_token", storage.columns.Encrypted(), nullable=True),
        sa.Column("installed_at", storage.columns.Instant(), nullable=True),
        sa.Column("slack_installer_id", sa.String(), nullable=True),
        sa.Column("uninstalled_at", storage.columns.Instant(), nullable=True),
        sa.Column("welcomed_at", storage.columns.Instant(), nullable=True),
        sa.Column("ticked_at", storage.columns.Instant(), nullable=True),
        sa.Column("people_seen_at", storage.columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace")),
        sa.UniqueConstraint("slack_team_id", name=op.f("uq_workspace_slack_team_id")),
    )
    op.create_table(
        "dedupe_key",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("seen_at", storage.columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_dedupe_key_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "key", name=op.f("pk_dedupe_key")),
    )
    with op.batch_alter_table("dedupe_key", schema=None) as batch_op:
        batch_op.create_index("ix_dedupe_key_seen", ["seen_at"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread_ts", sa.String(), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("target_id", sa.BigInteger(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "sending",
                "sent",
                "unknown",
                "failed",
                "cancelled",
                name="delivery_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("due_at", storage.columns.Instant(), nullable=False),
        sa.Column("created_at", storage.columns.Instant(), nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until_at", storage.columns.Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_attempt_at", storage.columns.Instant(), nullable=True),
        sa.Column("sent_at", storage.columns.Instant(), nullable=True),
        sa.Column("slack_channel_id", sa.String(), nullable=True),
        sa.Column("slack_ts", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_delivery_attempts")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_delivery_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_delivery_workspace_id_key")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_owed",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
            postgresql_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
        )
        batch_op.create_index(
            "ix_delivery_lane",
            ["workspace_id", "channel", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
            postgresql_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
        )
        batch_op.create_index("ix_delivery_posted", ["workspace_id", "slack_channel_id", "slack_ts"], unique=False)
        batch_op.create_index("ix_delivery_subject", ["workspace_id", "kind", "subject_id"], unique=False)

    op.create_table(
        "segment",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "policy",
            sa.Enum("learned", "own", "fixed", name="policy", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("set_cadence_days", sa.Integer(), nullable=True),
        sa.Column("cadence_days", sa.Float(), nullable=False),
        sa.Column("exponent", sa.Float(), nullable=False),
        sa.Column("median_value", sa.Float(), nullable=False),
        sa.CheckConstraint("cadence_days >= 1", name=op.f("ck_segment_cadence_days")),
        sa.CheckConstraint("exponent >= 0 AND exponent <= 1", name=op.f("ck_segment_exponent")),
        sa.CheckConstraint(
            "set_cadence_days IS NULL OR set_cadence_days >= 1", name=op.f("ck_segment_set_cadence_days")
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_segment_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_segment")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_segment_workspace_id_name")),
    )
    op.create_table(
        "teammate",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("slack_user_id", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("admin", "member", "viewer", name="role", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "seat",
            sa.Enum(
                "member",
                "guest",
                "bot",
                "outsider",
                "gone",
                name="seat",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("digest_minute", sa.Integer(), nullable=False),
        sa.Column("work_days", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column(
            "digest_frequency",
            sa.Enum(
                "daily", "weekly", "off", name="digest_frequency", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("paused_until_on", sa.Date(), nullable=True),
        sa.Column("next_digest_at", storage.columns.Instant(), nullable=True),
        sa.Column("seen_at", storage.columns.Instant(), nullable=True),
        sa.CheckConstraint("digest_minute >= 0 AND digest_minute < 1440", name=op.f("ck_teammate_digest_minute")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_teammate_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_teammate")),
        sa.UniqueConstraint("workspace_id", "email", name=op.f("uq_teammate_workspace_id_email")),
        sa.UniqueConstraint("workspace_id", "slack_user_id", name=op.f("uq_teammate_workspace_id_slack_user_id")),
    )
    with op.batch_alter_table("teammate", schema=None) as batch_op:
        batch_op.create_index("ix_teammate_next_digest", ["next_digest_at"], unique=False)

    op.create_table(
        "channel",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("slack_channel_id", sa.String(), nullable=False),
        sa.Column(
            "frequency",
            sa.Enum(
                "daily", "weekly", "off", name="channel_frequency", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("set_by_id", sa.BigInteger(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("next_digest_at", storage.columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "set_by_id"],
            ["teammate.workspace_id", "teammate.id"],
            name=op.f("fk_channel_workspace_id_set_by_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_channel_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_channel")),
        sa.UniqueConstraint("workspace_id", "slack_channel_id", name=op.f("uq_channel_workspace_id_slack_channel_id")),
    )
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.create_index("ix_channel_next_digest", ["next_digest_at"], unique=False)

    op.create_table(
        "customer",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String().with_variant(sa.VARCHAR(collation="C"), "postgresql"), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "standing",
            sa.Enum(
                "inner_circle",
                "customer",
                "prospect",
                "lurker",
                name="standing",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("value_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("preferred_channel", sa.String(), nullable=True),
        sa.Column("locale", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=True),
        sa.Column("birthday_on", sa.Date(), nullable=True),
        sa.Column("birthday_key", sa.Integer(), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("renewal_on", sa.Date(), nullable=True),
        sa.Column("tags", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("profile", sa.JSON(), nullable=False),
        sa.Column("touch_days", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("last_touch_id", sa.BigInteger(), nullable=True),
        sa.Column("warmth", sa.Float(), nullable=True),
        sa.Column("warm_key", sa.Float(), nullable=False),
        sa.Column("ranked_value", sa.Float(), nullable=False),
        sa.Column("sort_key", sa.Float(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("silent_since_on", sa.Date(), nullable=False),
        sa.Column("nudge_from_on", sa.Date(), nullable=True),
        sa.Column("snoozed_until_on", sa.Date(), nullable=True),
        sa.Column("snoozed_in_a_row", sa.Integer(), nullable=False),
        sa.Column("muted_because", sa.String(), nullable=True),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_customer_currency")),
        sa.CheckConstraint("touch_days >= 0", name=op.f("ck_customer_touch_days")),
        sa.CheckConstraint("value_minor IS NULL OR value_minor >= 0", name=op.f("ck_customer_value_minor")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "owner_id"],
            ["teammate.workspace_id", "teammate.id"],
            name=op.f("fk_customer_workspace_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "segment_id"],
            ["segment.workspace_id", "segment.id"],
            name=op.f("fk_customer_workspace_id_segment_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_customer_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_customer")),
        sa.UniqueConstraint("workspace_id", "external_id", name=op.f("uq_customer_workspace_id_external_id")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index("ix_customer_birthday", ["workspace_id", "owner_id", "birthday_key"], unique=False)
        batch_op.create_index(
            "ix_customer_neglect",
            ["workspace_id", "owner_id", "segment_id", sa.text("sort_key DESC"), "nudge_from_on", "silent_since_on"],
            unique=False,
        )
        batch_op.create_index("ix_customer_name_key", ["workspace_id", "name_key"], unique=False)
        batch_op.create_index("ix_customer_renewal", ["workspace_id", "owner_id", "renewal_on"], unique=False)

    op.create_table(
        "entry",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("teammate_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "reply",
                "button",
                "command",
                "shortcut",
                "import",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("slack_channel_id", sa.String(), nullable=True),
        sa.Column("slack_ts", sa.String(), nullable=True),
        sa.Column("slack_thread_ts", sa.String(), nullable=True),
        sa.Column("written_at", storage.columns.Instant(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "teammate_id"],
            ["teammate.workspace_id", "teammate.id"],
            name=op.f("fk_entry_workspace_id_teammate_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_entry_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_entry")),
        sa.UniqueConstraint(
            "workspace_id", "slack_channel_id", "slack_ts", name=op.f("uq_entry_workspace_id_slack_channel_id_slack_ts")
        ),
    )
    op.create_table(
        "appearance",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "customer_id"],
            ["customer.workspace_id", "customer.id"],
            name=op.f("fk_appearance_workspace_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "delivery_id"],
            ["delivery.workspace_id", "delivery.id"],
            name=op.f("fk_appearance_workspace_id_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "customer_id", "delivery_id", name=op.f("pk_appearance")),
    )
    op.create_table(
        "contact",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "customer_id"],
            ["customer.workspace_id", "customer.id"],
            name=op.f("fk_contact_workspace_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_contact_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_contact")),
        sa.UniqueConstraint(
            "workspace_id", "customer_id", "name", name=op.f("uq_contact_workspace_id_customer_id_name")
        ),
    )
    op.create_table(
        "digest",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("teammate_id", sa.BigInteger(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("planned_at", storage.columns.Instant(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("next_customer_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "channel_id"],
            ["channel.workspace_id", "channel.id"],
            name=op.f("fk_digest_workspace_id_channel_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "teammate_id"],
            ["teammate.workspace_id", "teammate.id"],
            name=op.f("fk_digest_workspace_id_teammate_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_digest_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_digest")),
        sa.UniqueConstraint(
            "workspace_id", "audience", "local_on", name=op.f("uq_digest_workspace_id_audience_local_on")
        ),
    )
    op.create_table(
        "nudge",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("teammate_id", sa.BigInteger(), nullable=True),
        sa.Column("occasions", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                "snoozed",
                "handed_over",
                "dismissed",
                "superseded",
                name="nudge_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", storage.columns.Instant(), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("touch_id", sa.BigInteger(), nullable=True),
        sa.Column("snoozed_until_on", sa.Date(), nullable=True),
        sa.Column("because", sa.String(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "customer_id"],
            ["customer.workspace_id", "customer.id"],
            name=op.f("fk_nudge_workspace_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "ended_by_id"],
            ["teammate.workspace_id", "teammate.id"],
            name=op.f("fk_nudge_workspace_id_ended_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "teammate_id"],
            ["teammate.workspace_id", "teammate.id"],
            name=op.f("fk_nudge_workspace_id_teammate_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_nudge_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_nudge")),
    )
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.create_index("ix_nudge_customer", ["workspace_id", "customer_id", "planned_on"], unique=False)
        batch_op.create_index("ix_nudge_teammate", ["workspace_id", "teammate_id", "planned_on"], unique=False)
        batch_op.create_index(
            "uq_nudge_open",
            ["workspace_id", "customer_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "touch",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.BigInteger(), nullable=True),
        sa.Column("retracted", sa.Boolean(), nullable=False),
        sa.Column("touched_at", storage.columns.Instant(), nullable=False),
        sa.Column("touched_on", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "call",
                "email",
                "meeting",
                "message",
                "visit",
                "gift",
                "purchase",
                "note",
                name="touch_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "direction",
            sa.Enum(
                "outbound", "inbound", "mutual", name="direction", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "reply",
                "button",
                "command",
                "shortcut",
                "import",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("recorded_at", storage.columns.Instant(), nullable=False),
        sa.CheckConstraint("(amount_minor IS NULL) = (currency IS NULL)", name=op.f("ck_touch_amount_has_currency")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_touch_revision")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "by_id"],
            ["teammate.workspace_id", "teammate.id"],
            name=op.f("fk_touch_workspace_id_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "customer_id"],
            ["customer.workspace_id", "customer.id"],
            name=op.f("fk_touch_workspace_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_touch_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_touch")),
        sa.UniqueConstraint(
            "workspace_id", "external_id", "revision", name=op.f("uq_touch_workspace_id_external_id_revision")
        ),
        sa.UniqueConstraint("workspace_id", "supersedes_id", name=op.f("uq_touch_workspace_id_supersedes_id")),
    )
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.create_index("ix_touch_customer", ["workspace_id", "customer_id", "touched_on"], unique=False)

    op.create_table(
        "digest_card",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("digest_id", sa.BigInteger(), nullable=False),
        sa.Column("nudge_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "digest_id"],
            ["digest.workspace_id", "digest.id"],
            name=op.f("fk_digest_card_workspace_id_digest_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "nudge_id"],
            ["nudge.workspace_id", "nudge.id"],
            name=op.f("fk_digest_card_workspace_id_nudge_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_digest_card_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_digest_card")),
        sa.UniqueConstraint(
            "workspace_id", "digest_id", "position", name=op.f("uq_digest_card_workspace_id_digest_id_position")
        ),
    )
    with op.batch_alter_table("digest_card", schema=None) as batch_op:
        batch_op.create_index("ix_digest_card_nudge", ["workspace_id", "nudge_id"], unique=False)

    op.create_table(
        "entry_line",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("touch_id", sa.BigInteger(), nullable=True),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.CheckConstraint("status IN ('logged', 'asking', 'undone', 'left')", name=op.f("ck_entry_line_status")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "entry_id"],
            ["entry.workspace_id", "entry.id"],
            name=op.f("fk_entry_line_workspace_id_entry_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "touch_id"],
            ["touch.workspace_id", "touch.id"],
            name=op.f("fk_entry_line_workspace_id_touch_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_entry_line_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_entry_line")),
    )
    with op.batch_alter_table("entry_line", schema=None) as batch_op:
        batch_op.create_index("ix_entry_line_entry", ["workspace_id", "entry_id", "position"], unique=False)
        batch_op.create_index("ix_entry_line_touch", ["workspace_id", "touch_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("entry_line", schema=None) as batch_op:
        batch_op.drop_index("ix_entry_line_touch")
        batch_op.drop_index("ix_entry_line_entry")

    op.drop_table("entry_line")
    with op.batch_alter_table("digest_card", schema=None) as batch_op:
        batch_op.drop_index("ix_digest_card_nudge")

    op.drop_table("digest_card")
    with op.batch_alter_table("touch", schema=None) as batch_op:
        batch_op.drop_index("ix_touch_customer")

    op.drop_table("touch")
    with op.batch_alter_table("nudge", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_nudge_open", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index("ix_nudge_teammate")
        batch_op.drop_index("ix_nudge_customer")

    op.drop_table("nudge")
    op.drop_table("digest")
    op.drop_table("contact")
    op.drop_table("appearance")
    op.drop_table("entry")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_renewal")
        batch_op.drop_index("ix_customer_neglect")
        batch_op.drop_index("ix_customer_name_key")
        batch_op.drop_index("ix_customer_birthday")

    op.drop_table("customer")
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.drop_index("ix_channel_next_digest")

    op.drop_table("channel")
    with op.batch_alter_table("teammate", schema=None) as batch_op:
        batch_op.drop_index("ix_teammate_next_digest")

    op.drop_table("teammate")
    op.drop_table("segment")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_subject")
        batch_op.drop_index("ix_delivery_posted")
        batch_op.drop_index(
            "ix_delivery_lane",
            sqlite_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
            postgresql_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
        )
        batch_op.drop_index(
            "ix_delivery_owed",
            sqlite_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
            postgresql_where=sa.text("state IN ('pending', 'sending', 'unknown')"),
        )

    op.drop_table("delivery")
    with op.batch_alter_table("dedupe_key", schema=None) as batch_op:
        batch_op.drop_index("ix_dedupe_key_seen")

    op.drop_table("dedupe_key")
    op.drop_table("workspace")
