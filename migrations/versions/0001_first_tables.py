"""First tables.

Every table of the register, the cycles, the people and the trail. Nothing stood before it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:

    op.create_table(
        "agency",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("is_vertical", sa.Boolean(), nullable=False),
        sa.Column(
            "is_asked",
            sa.Boolean(),
            nullable=False,
            comment="asked, not ordered: mass organisations and vertical bodies",
        ),
        sa.Column(
            "source",
            sa.String(length=20),
            nullable=False,
            comment="document | public-fact | person",
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False, comment="folded name, short name and code"),
        sa.Column(
            "position", sa.Integer(), nullable=False, comment="protocol order, not alphabetical"
        ),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("code", name=op.f("uq_agency_code")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=True),
        sa.Column("agency_code", sa.String(length=120), nullable=True),
        sa.Column("command", sa.String(length=60), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("object_label", sa.Text(), nullable=False),
        sa.Column("from_state", sa.String(length=30), nullable=True),
        sa.Column("to_state", sa.String(length=30), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("leaf_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("uid", name=op.f("uq_audit_entry_uid")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_actor_at", ["actor_id", "at"], unique=False)
        batch_op.create_index("ix_audit_entry_agency_at", ["agency_code", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_command"), ["command"], unique=False)
        batch_op.create_index("ix_audit_entry_object", ["object_kind", "object_id"], unique=False)

    op.create_table(
        "calendar_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "source", sa.Text(), nullable=False, comment="the document it rests on, or the law"
        ),
        sa.Column(
            "is_confirmed",
            sa.Boolean(),
            nullable=False,
            comment="false: the arrangement is not settled",
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("day", name=op.f("uq_calendar_day_day")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notation", sa.Text(), nullable=False, comment="as typed: 123/BC-SXD, 145-KH/TU"),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("symbol", sa.String(length=80), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("signer_name", sa.Text(), nullable=False),
        sa.Column("signer_post", sa.Text(), nullable=True),
        sa.Column("capacity", sa.String(length=10), nullable=False),
        sa.Column("authorization", sa.Text(), nullable=True, comment="giấy ủy quyền, for TUQ."),
        sa.Column("authorization_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_table(
        "ladder_tick",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "since_on", sa.Date(), nullable=False, comment="days after this one were computed"
        ),
        sa.Column("upto_on", sa.Date(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("superseded", sa.Integer(), nullable=False),
        sa.Column(
            "withdrawn", sa.Integer(), nullable=False, comment="of days that a wrong clock had made"
        ),
        sa.Column(
            "looked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when a later tick last looked and found nothing to add",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_tick")),
    )
    op.create_table(
        "ledger_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False, comment="whole | increment"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "size", sa.Integer(), nullable=False, comment="entries with a place that were looked at"
        ),
        sa.Column("is_ok", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_check")),
    )
    with op.batch_alter_table("ledger_check", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ledger_check_started_at"), ["started_at"], unique=False
        )

    op.create_table(
        "ledger_checkpoint",
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_ledger_checkpoint")),
    )
    op.create_table(
        "ledger_tile",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tile", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "tile", name=op.f("pk_ledger_tile")),
    )
    op.create_table(
        "outbox_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("entry_uid", sa.String(length=32), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("expanded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_event")),
    )
    with op.batch_alter_table("outbox_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outbox_event_expanded_at"), ["expanded_at"], unique=False
        )

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False, comment="chức vụ, as addressed on paper"),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lock_reason", sa.Text(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column(
            "toured_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="saw the first steps, or skipped",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column(
            "network", sa.String(length=60), nullable=False, comment="/24 or /64 of the address"
        ),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.create_index("uq_sign_in_failure_login_network", ["login", "network"], unique=True)

    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feed_person_id"), ["person_id"], unique=False)

    op.create_table(
        "idempotency",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column(
            "digest", sa.String(length=64), nullable=False, comment="of the command that was asked"
        ),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["person.id"], name=op.f("fk_idempotency_actor_id_person")
        ),
        sa.PrimaryKeyConstraint("key", "actor_id", name=op.f("pk_idempotency")),
    )
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_at"), ["at"], unique=False)

    op.create_table(
        "inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False, comment="12/QĐ-TTr"),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["person.id"], name=op.f("fk_inspection_opened_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inspection_opened_by_id"), ["opened_by_id"], unique=False
        )

    op.create_table(
        "ledger_place",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry_uid", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_uid"], ["audit_entry.uid"], name=op.f("fk_ledger_place_entry_uid_audit_entry")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_ledger_place")),
        sa.UniqueConstraint("entry_uid", name=op.f("uq_ledger_place_entry_uid")),
    )
    op.create_table(
        "mail_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("wants_digest", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mail_choice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_choice")),
        sa.UniqueConstraint("person_id", name=op.f("uq_mail_choice_person_id")),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_membership_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index("ix_membership_agency_role", ["agency_id", "role"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_person_id"), ["person_id"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "key", sa.String(length=120), nullable=False, comment="digest:2026-12-14, event:417"
        ),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True, comment="as it went out"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_message_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_message_person_id_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_message_uid")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_due", ["state", "next_try_at", "id"], unique=False)

    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=False, comment="end of the next working day"),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_outage_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_outage_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
    )
    op.create_table(
        "person_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(length=40), nullable=True),
        sa.Column("network", sa.String(length=60), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_session_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_person_session_token_hash")),
    )
    with op.batch_alter_table("person_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_person_session_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False, comment="2940/KH-UBND"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("start_year", sa.Integer(), nullable=False),
        sa.Column("end_year", sa.Integer(), nullable=False),
        sa.Column("issuing_agency_id", sa.Integer(), nullable=False),
        sa.Column("standing_agency_id", sa.Integer(), nullable=False),
        sa.Column(
            "report_last_month",
            sa.Integer(),
            nullable=False,
            comment="last good day of the yearly report",
        ),
        sa.Column("report_last_day", sa.Integer(), nullable=False),
        sa.Column("report_verbatim", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["issuing_agency_id"], ["agency.id"], name=op.f("fk_plan_issuing_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["standing_agency_id"], ["agency.id"], name=op.f("fk_plan_standing_agency_id_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_code")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "place", sa.String(length=40), nullable=False, comment="the list, as the menu names it"
        ),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "query",
            sa.Text(),
            nullable=False,
            comment="the address's question part, without its mark",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint(
            "person_id", "place", "name", name=op.f("uq_saved_view_person_id_place_name")
        ),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name=op.f("fk_webhook_added_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("uid", name=op.f("uq_webhook_uid")),
    )
    op.create_table(
        "agency_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_agency_group_plan_id_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_group")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_agency_group_plan_id_code")),
    )
    op.create_table(
        "agency_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False, comment="people's words by place, JSON"),
        sa.Column(
            "cutoff_at", sa.DateTime(timezone=True), nullable=True, comment="of the figures as sent"
        ),
        sa.Column("figures_sha256", sa.String(length=64), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_days", sa.Integer(), nullable=True, comment="frozen at the first sending"),
        sa.Column("judged_by_id", sa.Integer(), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("return_count", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_agency_report_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_agency_report_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["judged_by_id"], ["person.id"], name=op.f("fk_agency_report_judged_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_agency_report_plan_id_plan")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["person.id"], name=op.f("fk_agency_report_sent_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_report")),
        sa.UniqueConstraint(
            "plan_id", "agency_id", "year", name=op.f("uq_agency_report_plan_id_agency_id_year")
        ),
    )
    op.create_table(
        "annual_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_annual_plan_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_annual_plan_by_id_person")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_annual_plan_document_id_document")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_annual_plan_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_plan")),
        sa.UniqueConstraint(
            "plan_id",
            "agency_id",
            "year",
            "number",
            name=op.f("uq_annual_plan_plan_id_agency_id_year_number"),
        ),
    )
    op.create_table(
        "award_campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "minutes_collectives",
            sa.Integer(),
            nullable=True,
            comment="counts the council agreed on",
        ),
        sa.Column("minutes_individuals", sa.Integer(), nullable=True),
        sa.Column("minutes_members", sa.Integer(), nullable=True),
        sa.Column("minutes_present", sa.Integer(), nullable=True),
        sa.Column("minutes_chair", sa.Text(), nullable=True),
        sa.Column("minutes_secretary", sa.Text(), nullable=True),
        sa.Column("minutes_document_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["minutes_document_id"],
            ["document.id"],
            name=op.f("fk_award_campaign_minutes_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["person.id"], name=op.f("fk_award_campaign_opened_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_award_campaign_plan_id_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_campaign")),
        sa.UniqueConstraint(
            "kind",
            "first_year",
            "last_year",
            name=op.f("uq_award_campaign_kind_first_year_last_year"),
        ),
    )
    op.create_table(
        "budget_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "asked", sa.String(length=30), nullable=False, comment="decimal, as canonical text"
        ),
        sa.Column("allocated", sa.String(length=30), nullable=True),
        sa.Column("disbursed", sa.String(length=30), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_budget_line_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_budget_line_by_id_person")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_budget_line_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
        sa.UniqueConstraint(
            "plan_id",
            "agency_id",
            "year",
            "number",
            name=op.f("uq_budget_line_plan_id_agency_id_year_number"),
        ),
    )
    op.create_table(
        "cited_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_cited_document_plan_id_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cited_document")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_cited_document_plan_id_code")),
    )
    op.create_table(
        "indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("tracking_agency_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_indicator_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["tracking_agency_id"],
            ["agency.id"],
            name=op.f("fk_indicator_tracking_agency_id_agency"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_indicator_plan_id_code")),
    )
    op.create_table(
        "inspection_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_inspection_finding_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspection.id"],
            name=op.f("fk_inspection_finding_inspection_id_inspection"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_finding")),
    )
    with op.batch_alter_table("inspection_finding", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inspection_finding_inspection_id"), ["inspection_id"], unique=False
        )

    op.create_table(
        "inspection_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_inspection_note_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspection.id"],
            name=op.f("fk_inspection_note_inspection_id_inspection"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_note")),
    )
    with op.batch_alter_table("inspection_note", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inspection_note_inspection_id"), ["inspection_id"], unique=False
        )

    op.create_table(
        "inspection_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "query",
            sa.Text(),
            nullable=False,
            comment="the address's question part, without its mark",
        ),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_inspection_question_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["inspection_id"],
            ["inspection.id"],
            name=op.f("fk_inspection_question_inspection_id_inspection"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_question")),
    )
    with op.batch_alter_table("inspection_question", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inspection_question_inspection_id"), ["inspection_id"], unique=False
        )

    op.create_table(
        "ladder_rung",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column(
            "code",
            sa.String(length=30),
            nullable=False,
            comment="before_30, due, overdue_7, leadership",
        ),
        sa.Column("anchor", sa.String(length=20), nullable=False),
        sa.Column(
            "days", sa.Integer(), nullable=False, comment="working days before, calendar days after"
        ),
        sa.Column("posts", sa.JSON(), nullable=False, comment="who is told"),
        sa.Column("text", sa.Text(), nullable=False, comment="one sentence; {due} {days}"),
        sa.Column(
            "position",
            sa.Integer(),
            nullable=False,
            comment="of its day: stays when other rungs change",
        ),
        sa.Column(
            "removed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="no longer on the ladder; alerts it made keep its words",
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_ladder_rung_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_rung")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_ladder_rung_plan_id_code")),
    )
    op.create_table(
        "plan_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.String(length=20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("ruling", sa.Text(), nullable=True),
        sa.Column("ruled_by_id", sa.Integer(), nullable=True),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_plan_conflict_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_conflict_plan_id_plan")
        ),
        sa.ForeignKeyConstraint(
            ["ruled_by_id"], ["person.id"], name=op.f("fk_plan_conflict_ruled_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_conflict")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_plan_conflict_plan_id_code")),
    )
    op.create_table(
        "plan_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_edition_plan_id_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_edition")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_edition_plan_id_number")),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="1, and one more for each đính chính"
        ),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("cutoff_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "position", sa.Integer(), nullable=False, comment="last entry of the trail it counts"
        ),
        sa.Column("figures", sa.Text(), nullable=False, comment="canonical text of the figures"),
        sa.Column("figures_sha256", sa.String(length=64), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False, comment="people's words by place, JSON"),
        sa.Column(
            "reason", sa.Text(), nullable=True, comment="why the version before is corrected"
        ),
        sa.Column("frozen_by_id", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("docx_sha256", sa.String(length=64), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_review_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["frozen_by_id"], ["person.id"], name=op.f("fk_review_frozen_by_id_person")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_review_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["person.id"], name=op.f("fk_review_submitted_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint(
            "plan_id", "kind", "year", "number", name=op.f("uq_review_plan_id_kind_year_number")
        ),
    )
    op.create_table(
        "section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False, comment="III, III.2, III.2.1"),
        sa.Column("parent_code", sa.String(length=40), nullable=True),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_section_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_section_plan_id_code")),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False, comment="III.2.1-a"),
        sa.Column("clause", sa.String(length=40), nullable=False),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("current_version_id", sa.Integer(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_task_plan_id_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_task_plan_id_code")),
    )
    op.create_table(
        "webhook_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column(
            "name", sa.String(length=60), nullable=False, comment="of the event, cycle.returned"
        ),
        sa.Column("body", sa.Text(), nullable=False, comment="JSON as it is posted and signed"),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["outbox_event.id"], name=op.f("fk_webhook_call_event_id_outbox_event")
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_call_webhook_id_webhook")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_call")),
        sa.UniqueConstraint("uid", name=op.f("uq_webhook_call_uid")),
        sa.UniqueConstraint(
            "webhook_id", "event_id", name=op.f("uq_webhook_call_webhook_id_event_id")
        ),
    )
    with op.batch_alter_table("webhook_call", schema=None) as batch_op:
        batch_op.create_index("ix_webhook_call_due", ["state", "next_try_at", "id"], unique=False)

    op.create_table(
        "award_criterion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False, comment="which fact it looks at"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False, comment="legal basis, with its date"),
        sa.Column(
            "bound",
            sa.String(length=20),
            nullable=False,
            comment="decimal the fact is held against",
        ),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["award_campaign.id"],
            name=op.f("fk_award_criterion_campaign_id_award_campaign"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_criterion")),
        sa.UniqueConstraint(
            "campaign_id", "code", name=op.f("uq_award_criterion_campaign_id_code")
        ),
    )
    op.create_table(
        "conflict_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conflict_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("indicator_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conflict_id"],
            ["plan_conflict.id"],
            name=op.f("fk_conflict_link_conflict_id_plan_conflict"),
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_conflict_link_indicator_id_indicator")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_conflict_link_task_id_task")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_link")),
    )
    with op.batch_alter_table("conflict_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_conflict_link_conflict_id"), ["conflict_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_conflict_link_indicator_id"), ["indicator_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_conflict_link_task_id"), ["task_id"], unique=False)

    op.create_table(
        "finding_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("entry_uid", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_uid"], ["audit_entry.uid"], name=op.f("fk_finding_entry_entry_uid_audit_entry")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"],
            ["inspection_finding.id"],
            name=op.f("fk_finding_entry_finding_id_inspection_finding"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_entry")),
        sa.UniqueConstraint(
            "finding_id", "entry_uid", name=op.f("uq_finding_entry_finding_id_entry_uid")
        ),
    )
    op.create_table(
        "group_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("included_group_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_group_member_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["agency_group.id"], name=op.f("fk_group_member_group_id_agency_group")
        ),
        sa.ForeignKeyConstraint(
            ["included_group_id"],
            ["agency_group.id"],
            name=op.f("fk_group_member_included_group_id_agency_group"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
    )
    with op.batch_alter_table("group_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_group_member_group_id"), ["group_id"], unique=False)

    op.create_table(
        "indicator_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.String(length=40),
            nullable=False,
            comment="code of the sub-indicator; empty: the indicator itself",
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="1, and one more for each correction"
        ),
        sa.Column(
            "value", sa.String(length=40), nullable=False, comment="decimal, as canonical text"
        ),
        sa.Column(
            "source", sa.Text(), nullable=False, comment="document or publication it is taken from"
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True, comment="why an earlier entry is corrected"),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_indicator_value_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"],
            ["person.id"],
            name=op.f("fk_indicator_value_confirmed_by_id_person"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name=op.f("fk_indicator_value_entered_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"],
            ["indicator.id"],
            name=op.f("fk_indicator_value_indicator_id_indicator"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_value")),
        sa.UniqueConstraint(
            "indicator_id",
            "part",
            "year",
            "kind",
            "number",
            name=op.f("uq_indicator_value_indicator_id_part_year_kind_number"),
        ),
    )
    with op.batch_alter_table("indicator_value", schema=None) as batch_op:
        batch_op.create_index("ix_indicator_value_entered", ["entered_at"], unique=False)

    op.create_table(
        "nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False, comment="whose own they are"),
        sa.Column("proposed_by_agency_id", sa.Integer(), nullable=False),
        sa.Column("salutation", sa.String(length=10), nullable=True, comment="Ông or Bà"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("is_leader", sa.Boolean(), nullable=False),
        sa.Column("achievement", sa.Text(), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column(
            "facts",
            sa.Text(),
            nullable=False,
            comment="what spoke for and against, as JSON, when proposed",
        ),
        sa.Column("facts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "cleared_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="exclusion checklist confirmed",
        ),
        sa.Column("appraised_by_id", sa.Integer(), nullable=True),
        sa.Column("appraised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True, comment="of the last return or withdrawal"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_nomination_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["appraised_by_id"], ["person.id"], name=op.f("fk_nomination_appraised_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["award_campaign.id"],
            name=op.f("fk_nomination_campaign_id_award_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["cleared_by_id"], ["person.id"], name=op.f("fk_nomination_cleared_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_nomination_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_nomination_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_agency_id"],
            ["agency.id"],
            name=op.f("fk_nomination_proposed_by_agency_id_agency"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_nomination_proposed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
    )
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.create_index("ix_nomination_campaign", ["campaign_id", "state"], unique=False)

    op.create_table(
        "task_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lead_mode", sa.String(length=30), nullable=False),
        sa.Column("timing_kind", sa.String(length=30), nullable=False),
        sa.Column("timing_verbatim", sa.Text(), nullable=True),
        sa.Column("timing_start", sa.Date(), nullable=True),
        sa.Column("timing_due", sa.Date(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False, comment="folded code, title and text"),
        sa.Column("data", sa.JSON(), nullable=False, comment="the task as it stands in the file"),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name=op.f("fk_task_version_task_id_task")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_version")),
        sa.UniqueConstraint("task_id", "number", name=op.f("uq_task_version_task_id_number")),
    )
    op.create_table(
        "cycle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column(
            "task_version_id",
            sa.Integer(),
            nullable=False,
            comment="the wording this cycle was opened under",
        ),
        sa.Column("agency_id", sa.Integer(), nullable=False, comment="lead agency"),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "year",
            sa.Integer(),
            nullable=False,
            comment="annual: its year; until_date: the year it is due",
        ),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("disposition", sa.String(length=30), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True, comment="the last good day; NULL: không hạn"),
        sa.Column("original_due_on", sa.Date(), nullable=True),
        sa.Column(
            "effective_due_on",
            sa.Date(),
            nullable=True,
            comment="lateness counts from it: due_on, or resend_by after a first sending on time",
        ),
        sa.Column("due_basis", sa.Text(), nullable=False, comment="why this is the day, in words"),
        sa.Column("resend_by", sa.Date(), nullable=True, comment="day given with the last return"),
        sa.Column(
            "missed_due_on",
            sa.Date(),
            nullable=True,
            comment="the deadline that had passed when UBND extended late: lateness counts from it",
        ),
        sa.Column("extension_count", sa.Integer(), nullable=False),
        sa.Column(
            "extension_asked", sa.Date(), nullable=True, comment="the day of an open request"
        ),
        sa.Column("explanation_by", sa.Date(), nullable=True, comment="of an open question"),
        sa.Column(
            "first_sent_on_time",
            sa.Boolean(),
            nullable=True,
            comment="of the first sending that was not withdrawn; NULL: none yet",
        ),
        sa.Column(
            "reported_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="of the sending that stands",
        ),
        sa.Column(
            "late_days", sa.Integer(), nullable=True, comment="frozen at reporting; 0: on time"
        ),
        sa.Column("return_count", sa.Integer(), nullable=False),
        sa.Column("withdraw_count", sa.Integer(), nullable=False),
        sa.Column("reopen_count", sa.Integer(), nullable=False),
        sa.Column("focal_person", sa.Text(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("progress_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "report_id", sa.Integer(), nullable=True, comment="the report that stands or is judged"
        ),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("appraised_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "objection", sa.Text(), nullable=True, comment="the lead's open request to adjust"
        ),
        sa.Column("quality", sa.String(length=20), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_cycle_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["appraised_by_id"], ["person.id"], name=op.f("fk_cycle_appraised_by_id_person")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_cycle_plan_id_plan")),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["person.id"], name=op.f("fk_cycle_submitted_by_id_person")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_cycle_task_id_task")),
        sa.ForeignKeyConstraint(
            ["task_version_id"],
            ["task_version.id"],
            name=op.f("fk_cycle_task_version_id_task_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle")),
        sa.UniqueConstraint(
            "task_id",
            "agency_id",
            "kind",
            "year",
            name=op.f("uq_cycle_task_id_agency_id_kind_year"),
        ),
    )
    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.create_index("ix_cycle_agency_year", ["agency_id", "year"], unique=False)
        batch_op.create_index("ix_cycle_state_due", ["state", "effective_due_on"], unique=False)
        batch_op.create_index(
            "ix_cycle_tally",
            [
                "year",
                "state",
                "effective_due_on",
                "late_days",
                "plan_id",
                "agency_id",
                "task_version_id",
                "id",
            ],
            unique=False,
        )
        batch_op.create_index("ix_cycle_year_due", ["year", "effective_due_on", "id"], unique=False)

    op.create_table(
        "task_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_version_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_task_party_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["agency_group.id"], name=op.f("fk_task_party_group_id_agency_group")
        ),
        sa.ForeignKeyConstraint(
            ["task_version_id"],
            ["task_version.id"],
            name=op.f("fk_task_party_task_version_id_task_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_party")),
    )
    with op.batch_alter_table("task_party", schema=None) as batch_op:
        batch_op.create_index("ix_task_party_version", ["task_version_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_attachment_by_id_person")),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_attachment_cycle_id_cycle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_contribution_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_contribution_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_contribution_cycle_id_cycle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
    )
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contribution_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "cycle_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_cycle_party_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_cycle_party_cycle_id_cycle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_party")),
        sa.UniqueConstraint(
            "cycle_id", "agency_id", name=op.f("uq_cycle_party_cycle_id_agency_id")
        ),
    )
    with op.batch_alter_table("cycle_party", schema=None) as batch_op:
        batch_op.create_index("ix_cycle_party_agency", ["agency_id", "cycle_id"], unique=False)

    op.create_table(
        "cycle_span",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False, comment="who led meanwhile"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True, comment="the day it stopped; NULL: runs"),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_cycle_span_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_cycle_span_cycle_id_cycle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle_span")),
    )
    with op.batch_alter_table("cycle_span", schema=None) as batch_op:
        batch_op.create_index("ix_cycle_span_cycle", ["cycle_id"], unique=False)
        batch_op.create_index("ix_cycle_span_due", ["due_on", "until_on"], unique=False)
        batch_op.create_index("ix_cycle_span_until", ["until_on"], unique=False)

    op.create_table(
        "explanation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_explanation_answered_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_explanation_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_explanation_cycle_id_cycle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_explanation")),
    )
    with op.batch_alter_table("explanation", schema=None) as batch_op:
        batch_op.create_index("ix_explanation_cycle", ["cycle_id"], unique=False)

    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column(
            "is_late",
            sa.Boolean(),
            nullable=False,
            comment="granted after the deadline: the mark stays",
        ),
        sa.Column("reason_class", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("old_due_on", sa.Date(), nullable=False),
        sa.Column("asked_due_on", sa.Date(), nullable=False),
        sa.Column("granted_due_on", sa.Date(), nullable=True),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("decision_document_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_extension_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_extension_cycle_id_cycle")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_extension_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decision_document_id"],
            ["document.id"],
            name=op.f("fk_extension_decision_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_extension_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_extension_cycle_id_number")),
    )
    op.create_table(
        "flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lowered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lowered_by_id", sa.Integer(), nullable=True),
        sa.Column("lowered_why", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_flag_by_id_person")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_flag_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["lowered_by_id"], ["person.id"], name=op.f("fk_flag_lowered_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index("ix_flag_cycle", ["cycle_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False, comment="the event, or the rung"),
        sa.Column("cycle_id", sa.Integer(), nullable=True),
        sa.Column(
            "alert_id",
            sa.Integer(),
            nullable=True,
            comment="of the ladder; may have been taken back",
        ),
        sa.Column(
            "asked_id",
            sa.Integer(),
            nullable=True,
            comment="the support request or explanation whose answer is owed; `name` says",
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "is_urgent", sa.Boolean(), nullable=False, comment="told by a mail of its own, at once"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_notice_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_notice_message_id_message")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notice_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_notice_person_id_key")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_alert", ["alert_id"], unique=False)
        batch_op.create_index("ix_notice_message", ["message_id"], unique=False)
        batch_op.create_index("ix_notice_unread", ["person_id", "read_at", "id"], unique=False)

    op.create_table(
        "progress_update",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_progress_update_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_progress_update_cycle_id_cycle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_update")),
    )
    with op.batch_alter_table("progress_update", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_progress_update_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("difficulties", sa.Text(), nullable=False),
        sa.Column("proposals", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column(
            "document_draft", sa.Text(), nullable=True, comment="document fields typed so far, JSON"
        ),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("capacity", sa.String(length=10), nullable=True),
        sa.Column("late_days", sa.Integer(), nullable=True),
        sa.Column(
            "digest",
            sa.String(length=64),
            nullable=True,
            comment="SHA-256 of the words and attachments as sent",
        ),
        sa.Column("appraised_by_id", sa.Integer(), nullable=True),
        sa.Column("appraised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_verdict", sa.String(length=20), nullable=True),
        sa.Column("appraisal_note", sa.Text(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_digest", sa.String(length=64), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("missing", sa.Text(), nullable=True),
        sa.Column("resend_by", sa.Date(), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.Column("quality", sa.String(length=20), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appraised_by_id"], ["person.id"], name=op.f("fk_report_appraised_by_id_person")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_report_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_report_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_report_document_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["person.id"], name=op.f("fk_report_drafted_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["person.id"], name=op.f("fk_report_submitted_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_report_cycle_id_number")),
    )
    op.create_table(
        "support_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "missed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the lead recorded “chưa nhận được ý kiến”",
        ),
        sa.Column("missed_note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_support_request_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_support_request_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_support_request_cycle_id_cycle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_request")),
    )
    with op.batch_alter_table("support_request", schema=None) as batch_op:
        batch_op.create_index(
            "ix_support_request_agency", ["agency_id", "answered_at"], unique=False
        )
        batch_op.create_index("ix_support_request_cycle", ["cycle_id"], unique=False)

    op.create_table(
        "typed_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column(
            "fields", sa.Text(), nullable=False, comment="the fields of the form as typed, JSON"
        ),
        sa.Column(
            "seen_draft",
            sa.Integer(),
            nullable=False,
            comment="the draft they began from; 0: there was none",
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_typed_words_cycle_id_cycle")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_typed_words_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_typed_words")),
        sa.UniqueConstraint(
            "person_id", "cycle_id", name=op.f("uq_typed_words_person_id_cycle_id")
        ),
    )
    op.create_table(
        "urging",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="the n-th of this cycle"),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column(
            "letter",
            sa.String(length=32),
            nullable=True,
            comment="urgings of one act to one agency share a letter",
        ),
        sa.Column(
            "document_id",
            sa.Integer(),
            nullable=True,
            comment="the letter's number, once văn thư has given it",
        ),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_urging_by_id_person")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_urging_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_urging_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urging")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_urging_cycle_id_number")),
    )
    with op.batch_alter_table("urging", schema=None) as batch_op:
        batch_op.create_index("ix_urging_letter", ["letter"], unique=False)

    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column(
            "due_on",
            sa.Date(),
            nullable=False,
            comment="the occurrence: a new deadline climbs anew",
        ),
        sa.Column("rung", sa.String(length=30), nullable=False),
        sa.Column(
            "post",
            sa.String(length=30),
            nullable=False,
            comment="the recipient: whoever holds this post",
        ),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("fires_on", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="of the rung in the ladder"),
        sa.Column("span_id", sa.Integer(), nullable=False),
        sa.Column(
            "superseded_on", sa.Date(), nullable=True, comment="since when it is no longer true"
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_alert_agency_id_agency")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_alert_cycle_id_cycle")),
        sa.ForeignKeyConstraint(
            ["span_id"], ["cycle_span.id"], name=op.f("fk_alert_span_id_cycle_span")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint(
            "cycle_id",
            "due_on",
            "rung",
            "post",
            "agency_id",
            name=op.f("uq_alert_cycle_id_due_on_rung_post_agency_id"),
        ),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index("ix_alert_agency", ["agency_id", "post", "id"], unique=False)
        batch_op.create_index("ix_alert_fires", ["fires_on"], unique=False)
        batch_op.create_index("ix_alert_span", ["span_id"], unique=False)
        batch_op.create_index(
            "ix_alert_true",
            ["due_on"],
            unique=False,
            sqlite_where=sa.text("superseded_on IS NULL"),
            postgresql_where=sa.text("superseded_on IS NULL"),
        )

    op.create_table(
        "report_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachment.id"],
            name=op.f("fk_report_attachment_attachment_id_attachment"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_attachment_report_id_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_attachment")),
        sa.UniqueConstraint(
            "report_id", "attachment_id", name=op.f("uq_report_attachment_report_id_attachment_id")
        ),
    )
    with op.batch_alter_table("report_attachment", schema=None) as batch_op:
        batch_op.create_index("ix_report_attachment_attachment", ["attachment_id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("report_attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_report_attachment_attachment")

    op.drop_table("report_attachment")
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_alert_true",
            sqlite_where=sa.text("superseded_on IS NULL"),
            postgresql_where=sa.text("superseded_on IS NULL"),
        )
        batch_op.drop_index("ix_alert_span")
        batch_op.drop_index("ix_alert_fires")
        batch_op.drop_index("ix_alert_agency")

    op.drop_table("alert")
    with op.batch_alter_table("urging", schema=None) as batch_op:
        batch_op.drop_index("ix_urging_letter")

    op.drop_table("urging")
    op.drop_table("typed_words")
    with op.batch_alter_table("support_request", schema=None) as batch_op:
        batch_op.drop_index("ix_support_request_cycle")
        batch_op.drop_index("ix_support_request_agency")

    op.drop_table("support_request")
    op.drop_table("report")
    with op.batch_alter_table("progress_update", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_progress_update_cycle_id"))

    op.drop_table("progress_update")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_unread")
        batch_op.drop_index("ix_notice_message")
        batch_op.drop_index("ix_notice_alert")

    op.drop_table("notice")
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_index("ix_flag_cycle")

    op.drop_table("flag")
    op.drop_table("extension")
    with op.batch_alter_table("explanation", schema=None) as batch_op:
        batch_op.drop_index("ix_explanation_cycle")

    op.drop_table("explanation")
    with op.batch_alter_table("cycle_span", schema=None) as batch_op:
        batch_op.drop_index("ix_cycle_span_until")
        batch_op.drop_index("ix_cycle_span_due")
        batch_op.drop_index("ix_cycle_span_cycle")

    op.drop_table("cycle_span")
    with op.batch_alter_table("cycle_party", schema=None) as batch_op:
        batch_op.drop_index("ix_cycle_party_agency")

    op.drop_table("cycle_party")
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contribution_cycle_id"))

    op.drop_table("contribution")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_cycle_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("task_party", schema=None) as batch_op:
        batch_op.drop_index("ix_task_party_version")

    op.drop_table("task_party")
    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.drop_index("ix_cycle_year_due")
        batch_op.drop_index("ix_cycle_tally")
        batch_op.drop_index("ix_cycle_state_due")
        batch_op.drop_index("ix_cycle_agency_year")

    op.drop_table("cycle")
    op.drop_table("task_version")
    with op.batch_alter_table("nomination", schema=None) as batch_op:
        batch_op.drop_index("ix_nomination_campaign")

    op.drop_table("nomination")
    with op.batch_alter_table("indicator_value", schema=None) as batch_op:
        batch_op.drop_index("ix_indicator_value_entered")

    op.drop_table("indicator_value")
    with op.batch_alter_table("group_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_group_member_group_id"))

    op.drop_table("group_member")
    op.drop_table("finding_entry")
    with op.batch_alter_table("conflict_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conflict_link_task_id"))
        batch_op.drop_index(batch_op.f("ix_conflict_link_indicator_id"))
        batch_op.drop_index(batch_op.f("ix_conflict_link_conflict_id"))

    op.drop_table("conflict_link")
    op.drop_table("award_criterion")
    with op.batch_alter_table("webhook_call", schema=None) as batch_op:
        batch_op.drop_index("ix_webhook_call_due")

    op.drop_table("webhook_call")
    op.drop_table("task")
    op.drop_table("section")
    op.drop_table("review")
    op.drop_table("plan_edition")
    op.drop_table("plan_conflict")
    op.drop_table("ladder_rung")
    with op.batch_alter_table("inspection_question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_question_inspection_id"))

    op.drop_table("inspection_question")
    with op.batch_alter_table("inspection_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_note_inspection_id"))

    op.drop_table("inspection_note")
    with op.batch_alter_table("inspection_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_finding_inspection_id"))

    op.drop_table("inspection_finding")
    op.drop_table("indicator")
    op.drop_table("cited_document")
    op.drop_table("budget_line")
    op.drop_table("award_campaign")
    op.drop_table("annual_plan")
    op.drop_table("agency_report")
    op.drop_table("agency_group")
    op.drop_table("webhook")
    op.drop_table("saved_view")
    op.drop_table("plan")
    with op.batch_alter_table("person_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_session_person_id"))

    op.drop_table("person_session")
    op.drop_table("outage")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_due")

    op.drop_table("message")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_person_id"))
        batch_op.drop_index("ix_membership_agency_role")

    op.drop_table("membership")
    op.drop_table("mail_choice")
    op.drop_table("ledger_place")
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspection_opened_by_id"))

    op.drop_table("inspection")
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_at"))

    op.drop_table("idempotency")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_feed_person_id"))

    op.drop_table("calendar_feed")
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.drop_index("uq_sign_in_failure_login_network")

    op.drop_table("sign_in_failure")
    op.drop_table("person")
    with op.batch_alter_table("outbox_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_event_expanded_at"))

    op.drop_table("outbox_event")
    op.drop_table("ledger_tile")
    op.drop_table("ledger_checkpoint")
    with op.batch_alter_table("ledger_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_check_started_at"))

    op.drop_table("ledger_check")
    op.drop_table("ladder_tick")
    op.drop_table("document")
    op.drop_table("calendar_day")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_object")
        batch_op.drop_index(batch_op.f("ix_audit_entry_command"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))
        batch_op.drop_index("ix_audit_entry_agency_at")
        batch_op.drop_index("ix_audit_entry_actor_at")

    op.drop_table("audit_entry")
    op.drop_table("agency")
