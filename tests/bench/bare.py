"""The measure to compare with: SpiffWorkflow alone, its own serializer, one row per instance, a commit per step."""

from __future__ import annotations

import io
import json

import psycopg
from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState


class Library:
    """Start an instance, save it; load it, complete its user task, save it again."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]], diagram: bytes) -> None:
        self.connection = connection
        parser = BpmnParser()
        parser.add_bpmn_io(io.BytesIO(etree.tostring(etree.fromstring(diagram))))
        self.spec = parser.get_spec("bench-one")
        self.serializer = BpmnWorkflowSerializer()
        connection.execute(
            "create table if not exists bare_instance (id bigint generated always as identity primary key, state jsonb)"
        )
        connection.commit()

    def start_and_finish(self) -> None:
        """One instance from start to end, two commits."""
        workflow = BpmnWorkflow(self.spec)
        workflow.do_engine_steps()
        row = self.connection.execute(
            "insert into bare_instance (state) values (%s) returning id", [self._text(workflow)]
        ).fetchone()
        self.connection.commit()
        assert row is not None
        saved = self.connection.execute(
            "select state::text from bare_instance where id = %s for update", [row[0]]
        ).fetchone()
        assert saved is not None
        workflow = self.serializer.deserialize_json(str(saved[0]))
        task = next(iter(workflow.get_tasks(state=TaskState.READY, manual=True)))
        task.run()
        workflow.do_engine_steps()
        assert workflow.completed
        self.connection.execute("update bare_instance set state = %s where id = %s", [self._text(workflow), row[0]])
        self.connection.commit()

    def _text(self, workflow: BpmnWorkflow) -> str:
        return json.dumps(self.serializer.to_dict(workflow) | {self.serializer.VERSION_KEY: self.serializer.VERSION})
