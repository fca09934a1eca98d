"""Alembic's entry: runs migrations on the connection that `upgrade` has opened."""

from __future__ import annotations

from alembic import context

import engine.audit
import engine.copying.models
import engine.definitions.models
import engine.directory.authority.models
import engine.directory.models
import engine.documents.models
import engine.drafts.models
import engine.inbox
import engine.instances.models
import engine.instances.practice.reporting.models
import engine.instances.timing.models
import engine.intake.models
import engine.notices.models
import engine.occasions
import engine.opinions.models
import engine.outbox
import engine.records.models
import engine.tasks.models
import engine.tasks.succession.models  # noqa: F401
from engine.database import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
