"""What stood before a person's step, kept by the very statement that closes the task, so that it can be taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select

from engine.database import Write
from engine.instances.models import Instance, StepBefore
from engine.platform import Work

KEPT = timedelta(days=30)
AT_ONCE = 5_000

# The rows it reads are those before the step: all writes of a statement see the database as it was.
# One row per instance: only the last step can be taken back, so nothing grows with the number of steps.
_KEEP = """
    kept_step as (
      insert into step_before
        (instance_id, task_id, agency_id, version_id, at, passage_id, state, subscriptions, document)
      select i.id, :kept_task, i.agency_id, i.version_id, :kept_at,
        coalesce((select max(p.id) from passage p where p.instance_id = i.id), 0), i.state,
        coalesce((select jsonb_agg(to_jsonb(s) order by s.id) from subscription s where s.instance_id = i.id), '[]'),
        coalesce((
          select jsonb_build_object('status', d.status,
            'instruction', coalesce((select max(x.id) from instruction x where x.document_id = d.id), 0),
            'opinion', coalesce((select max(x.id) from opinion x where x.document_id = d.id), 0),
            'party', coalesce((select max(x.id) from party x where x.document_id = d.id), 0),
            'assignment', coalesce((select max(x.id) from assignment x where x.document_id = d.id), 0),
            'open', coalesce((
              select jsonb_agg(jsonb_build_array(x.id, x.due_at)) from assignment x
              where x.document_id = d.id and x.state = 'open'), '[]'))
          from document d where d.id = i.document_id), '{}')
      from instance i where i.id = :kept_instance
      on conflict (instance_id) do update set
        task_id = excluded.task_id, version_id = excluded.version_id, at = excluded.at,
        passage_id = excluded.passage_id, state = excluded.state, subscriptions = excluded.subscriptions,
        document = excluded.document
    )"""


def keeping(work: Work, instance_id: int, task_id: int) -> Write:
    """The writing of what an instance is before the step that completing this task makes in it."""
    return Write(_KEEP, {"kept_instance": instance_id, "kept_task": task_id, "kept_at": work.now})


def tidy(work: Work) -> int:
    """Let go of what can't be taken back any more: of cases that are over, and after thirty days; how many."""
    over = select(Instance.id).where(Instance.status != "running", Instance.parent_id.is_(None))
    old = or_(StepBefore.at < work.now - KEPT, StepBefore.instance_id.in_(over))
    some = select(StepBefore.instance_id).where(old).limit(AT_ONCE).scalar_subquery()
    gone: Any = work.session.execute(delete(StepBefore).where(StepBefore.instance_id.in_(some)))
    return int(gone.rowcount)
