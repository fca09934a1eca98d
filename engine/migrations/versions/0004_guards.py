"""What the database itself refuses: changed versions, changed history, changed audit lines."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

APPEND_ONLY = ("audit_entry", "passage", "dispatch_status")

APPEND_AUDIT = """
create function append_audit(given_chain bigint, entries jsonb) returns void language plpgsql as $$
declare
  line jsonb;
  place bigint := 0;
  before text := repeat('0', 64);
  own text;
begin
  perform pg_advisory_xact_lock(7001, given_chain::int);
  select sequence, hash into place, before from audit_entry where chain = given_chain order by sequence desc limit 1;
  if not found then place := 0; before := repeat('0', 64); end if;
  for line in select * from jsonb_array_elements(entries) loop
    place := place + 1;
    own := encode(sha256(convert_to(before || E'\\n' || place || E'\\n' || (line->>'content'), 'UTF8')), 'hex');
    insert into audit_entry (chain, sequence, at, agency_id, person_id, acting_for_id, person_name, action,
      subject_kind, subject_id, details, previous_hash, hash)
    values (given_chain, place, (line->>'at')::timestamptz, (line->>'agency_id')::bigint,
      (line->>'person_id')::bigint, (line->>'acting_for_id')::bigint, line->>'person_name', line->>'action',
      line->>'subject_kind', line->>'subject_id', line->'details', before, own);
    before := own;
  end loop;
end $$
"""



def upgrade() -> None:
    """Guard published versions and append-only tables by triggers; link audit lines."""
    op.execute(APPEND_AUDIT)
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
            raise exception 'a version out of draft can not be deleted' using errcode = 'restrict_violation';
          end if;
          if old.state = 'draft' then return new; end if;
          if new.state in ('draft', 'discarded')
            or (new.definition_id, new.number, new.content_hash, new.diagram, new.forms, new.decisions, new.scenarios,
                new.edition, new.changed_at, new.changed_by_id, new.based_on_id,
                new.reason, new.created_at, new.created_by_id, new.published_at, new.published_by_id)
            is distinct from
            (old.definition_id, old.number, old.content_hash, old.diagram, old.forms, old.decisions, old.scenarios,
                old.edition, old.changed_at, old.changed_by_id, old.based_on_id,
                old.reason, old.created_at, old.created_by_id, old.published_at, old.published_by_id)
          then raise exception 'a version out of draft can not be changed' using errcode = 'restrict_violation';
          end if;
          return new;
        end $$
        """
    )
    row = "before update or delete on version for each row"
    op.execute(f"create trigger immutable {row} execute function refuse_published_change()")


def downgrade() -> None:
    """Take the guards away."""
    op.execute("drop function append_audit")
    op.execute("drop trigger immutable on version")
    op.execute("drop function refuse_published_change()")
    for table in APPEND_ONLY:
        op.execute(f"drop trigger no_truncate on {table}")
        op.execute(f"drop trigger append_only on {table}")
    op.execute("drop function refuse_change()")
