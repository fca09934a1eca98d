"""What the database itself refuses: changed versions, changed history, changed audit lines."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

APPEND_ONLY = ("audit_entry", "passage", "dispatch_status")


def upgrade() -> None:
    """Guard published versions and append-only tables by triggers."""
    op.execute(
        """
        create function refuse_change() returns trigger language plpgsql as $$
        begin raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation'; end $$
        """
    )
    for table in APPEND_ONLY:
        row = f"before update or delete on {table} for each row"
        op.execute(f"create trigger append_only {row} execute function refuse_change()")
        op.execute(
            f"create trigger no_truncate before truncate on {table} for each statement execute function refuse_change()"
        )
    op.execute(
        """
        create function refuse_published_change() returns trigger language plpgsql as $$
        begin
          if tg_op = 'DELETE' then
            if old.state = 'draft' then return old; end if;
            raise exception 'a published version can not be deleted' using errcode = 'restrict_violation';
          end if;
          if old.state = 'draft' then return new; end if;
          if new.state = 'draft'
            or (new.definition_id, new.number, new.content_hash, new.diagram, new.forms, new.decisions, new.based_on_id,
                new.reason, new.created_at, new.created_by_id, new.published_at, new.published_by_id)
            is distinct from
            (old.definition_id, old.number, old.content_hash, old.diagram, old.forms, old.decisions, old.based_on_id,
                old.reason, old.created_at, old.created_by_id, old.published_at, old.published_by_id)
          then raise exception 'a published version can not be changed' using errcode = 'restrict_violation';
          end if;
          return new;
        end $$
        """
    )
    row = "before update or delete on version for each row"
    op.execute(f"create trigger immutable {row} execute function refuse_published_change()")


def downgrade() -> None:
    """Take the guards away."""
    op.execute("drop trigger immutable on version")
    op.execute("drop function refuse_published_change()")
    for table in APPEND_ONLY:
        op.execute(f"drop trigger no_truncate on {table}")
        op.execute(f"drop trigger append_only on {table}")
    op.execute("drop function refuse_change()")
