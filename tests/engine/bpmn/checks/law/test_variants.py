"""Other ways to draw the same lawful thing are left in peace; sly ways to leave a duty out are found."""

from __future__ import annotations

from engine.bpmn.checks.facts import FieldFacts, FormFacts, Knowledge, ProcedureFacts
from tests.engine.bpmn.checks.law.drawing import (
    ARRIVAL,
    FORMS,
    OUTGOING,
    RECALLED,
    RECEIVING,
    REFUSING,
    changed,
    law_of,
    laws,
    line,
    op,
    opinion,
    outgoing,
    receiving,
    report,
    task,
)
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    call,
    catch,
    end,
    event,
    flow,
    io,
    many,
    path,
    process,
    service,
    some,
    start,
    sub,
    tag,
    timer,
    user,
    xor,
)

CHECKS = [start("c1"), op("c2", "documents.check"), op("c3", "signing.verify"), end("c4")]
INTAKE = sub("check", *CHECKS, path("c1 c2 c3 c4"))


def knowing(**procedures: frozenset[str] | None) -> Knowledge:
    return Knowledge(forms=FORMS, procedures={k: ProcedureFacts(does=v) for k, v in procedures.items()})


def test_checks_may_run_at_the_same_time() -> None:
    at_once = {"f": both("f"), "check": RECEIVING["check"], "j": both("j")}
    steps = {**changed(RECEIVING, "check verify accept decide register report-03 instruct-task instruct report-04 work"
                       " resolve report-06 file end"), **at_once}  # fmt: skip
    rest = {name: step for name, step in RECEIVING.items() if name not in (*steps, "verify")}
    rest["decide"] = xor("decide", default="decide-register")
    xml = line({**steps, **rest}, op("verify", "signing.verify"), path("f verify j"), *_refusing(), _recall())
    assert [rule for _, rule in laws(xml)] == ["resolution-watched"]


def _refusing() -> list[str]:
    return [*REFUSING.values(), path("refuse report-02 end-2"), flow("decide", "refuse", "${decision == 'refuse'}")]


def _recall() -> str:
    return sub("recall", *RECALLED.values(), path(" ".join(RECALLED)), by_event=True)


def test_checks_may_stand_in_a_sub_process() -> None:
    assert laws(receiving("verify", check=INTAKE)) == []


def test_a_sub_process_that_may_fail_leads_past_the_checks() -> None:
    late = (boundary("late-check", "check", timer("PT1H")), flow("late-check", "register"))
    found = [rule for _, rule in laws(receiving("verify", check=INTAKE, more=late))]
    assert found == ["completeness-checked", "signature-verified", "accepted-by-clerk"]


def test_a_called_procedure_may_do_the_checks_if_it_is_known_to() -> None:
    called = receiving("verify", check=call("check", called="intake"))
    assert laws(called, knowing(intake=frozenset({"check", "verify"}))) == []
    assert [rule for _, rule in laws(called, knowing(intake=frozenset({"check"})))] == ["signature-verified"]
    assert laws(called, knowing()) == []
    assert laws(called, knowing(intake=None)) == []
    assert laws(called, knowing(intake=frozenset({"?"}))) == []


def test_a_called_procedure_may_not_assign_before_registration() -> None:
    early = receiving(accept=call("accept", called="resolution"))
    found = laws(early, knowing(resolution=frozenset({"assign", "resolve"})))
    assert ("accept", "registered-before-assignment") in found


def test_a_part_that_numbers_seals_and_issues_is_not_asked_for_the_rest() -> None:
    steps = [op("number", "documents.number"), op("seal", "signing.seal"), op("issue", "documents.issue")]
    assert laws(process(start(), *steps, end(), path("start number seal issue end"))) == []
    wrong = laws(process(start(), *steps, end(), path("start seal number issue end")))
    assert wrong == [("seal", "numbered-before-seal")]


def test_the_order_holds_between_calls_too() -> None:
    signing, issuing = call("signing", called="signing"), call("issuing", called="issuing")
    before = frozenset({"draft", "content-check", "form-check", "approve", "render", "sign"})
    known = knowing(signing=before, issuing=frozenset({"number", "seal", "issue", "send", "link-answer"}))
    assert laws(process(start(), signing, issuing, end(), path("start signing issuing end")), known) == []
    wrong = laws(process(start(), signing, issuing, end(), path("start issuing signing end")), known)
    assert {rule for _, rule in wrong} == {"signed-before-number", "signed-before-seal", "signed-is-issued"}


def test_a_recall_may_be_caught_around_the_work() -> None:
    asked = boundary("asked", "box", event("message", "recall-received"))
    inside = [start("s"), op("register", "documents.register-incoming"), report("03"), task("lead", "leader")]
    inside += [op("file", "documents.file"), report("06"), end("e"), path("s register report-03 lead file report-06 e")]
    steps = [ARRIVAL, report("01"), op("check", "documents.check"), op("verify", "signing.verify")]
    steps += [task("accept", "clerk"), xor("g", default="g-box"), sub("box", *inside), asked, end(), *REFUSING.values()]
    steps += [op("destroy", "documents.destroy", reason="${why}"), report("15"), end("gone")]
    ways = [path("arrive report-01 check verify accept g box end"), flow("g", "refuse", "${no}"),
            path("refuse report-02 end-2"), path("asked destroy report-15 gone")]  # fmt: skip
    assert laws(process(*steps, *ways)) == []
    silent = [each for each in steps if 'id="report-15"' not in each]
    assert laws(process(*silent, *ways[:3], path("asked destroy gone"))) == [
        ("asked", "recall-answered"),
        ("destroy", "recall-answered"),
    ]


def test_an_answer_may_be_linked_before_it_is_issued() -> None:
    first = {"start": OUTGOING["start"], "link": OUTGOING["link"]}
    steps = {**first, **{name: step for name, step in OUTGOING.items() if name not in first}}
    steps["weigh"], steps["judge"] = xor("weigh", default="weigh-approve"), xor("judge", default="judge-render")
    back = [flow("head", "draft"), flow("weigh", "head", "${a}"), flow("judge", "head", "${a}")]
    assert laws(line(steps, task("head", "unit-head"), *back)) == []


def test_whoever_approves_may_correct_the_draft_while_approving() -> None:
    assert laws(outgoing(approve=task("approve", "leader", form="draft"))) == []
    assert laws(outgoing(check_content=task("check-content", "unit-head", form="draft"))) == []


def test_a_reminder_beside_the_work_changes_nothing() -> None:
    beside = (boundary("tick", "accept", timer("PT1H"), interrupting=False), op("remind", "tasks.remind"), end("end-5"))
    assert laws(receiving(more=(*beside, path("tick remind end-5")))) == []


def test_a_deadline_may_be_a_timer_around_the_work() -> None:
    accept = sub("accept", start("a1"), task("a2", "clerk", due=None), end("a3"), path("a1 a2 a3"))
    tick = boundary("tick", "accept", timer("PT2H"), interrupting=False)
    assert laws(receiving(accept=accept, more=(tick, end("end-5"), flow("tick", "end-5")))) == []
    slow = tick.replace("PT2H", "PT8H")
    found = laws(receiving(accept=accept, more=(slow, end("end-5"), flow("tick", "end-5"))))
    assert found == [("a2", "forwarding-timed")]


def test_a_choice_may_not_skip_the_checks() -> None:
    past = (flow("report-01", "accept", "${known}"),)
    skipping = receiving(report_01=some("report-01", default="report-01-check"), more=past)
    found = [rule for _, rule in laws(skipping)]
    assert "completeness-checked" in found
    assert "signature-verified" in found


def test_a_timer_may_not_accept_instead_of_the_clerk() -> None:
    late = (boundary("expired", "accept", timer("PT2H")), flow("expired", "register"))
    assert laws(receiving(more=late)) == [("register", "accepted-by-clerk")]


def test_a_timer_may_not_approve_instead_of_the_leader() -> None:
    late = (boundary("expired", "approve", timer("P1D")), flow("expired", "record-approval"))
    assert laws(outgoing(more=late)) == [("sign", "approved")]


def test_an_event_may_not_end_the_case_without_an_answer() -> None:
    stop = sub("stop", start("s", event("message", "cancelled")), end("gone"), path("s gone"), by_event=True)
    found = laws(receiving(more=(stop,)))
    assert [rule for _, rule in found] == ["arrival-answered", "completion-reported"]


def test_what_is_edited_after_a_failed_signature_is_approved_again() -> None:
    failed = boundary("failed", "sign", event("error"))
    failing = (failed, task("mend", "specialist", form="draft"), path("failed mend sign-task"))
    found = [rule for _, rule in laws(outgoing(more=failing))]
    assert found == ["approved-again", "returned-through-head", "signed-as-pdf"]
    back = (failed, task("mend", "unit-head"), path("failed mend draft"))
    assert laws(outgoing(more=back)) == []


def test_one_task_gives_one_verdict() -> None:
    found = laws(outgoing("check-form"))
    assert found == [("record-approval", "form-checked")]


def test_a_verdict_with_a_fixed_return_is_no_approval() -> None:
    taken_back = opinion("record-approval", "approval", verdict="return", status="draft")
    assert ("sign", "approved") in laws(outgoing(record_approval=taken_back))


def test_statuses_worked_out_while_running_are_given_the_benefit_of_the_doubt() -> None:
    either = report("${ok ? '03' : '02'}", "${reason}", id="report-03")
    assert laws(receiving(report_03=either)) == []
    unknown = report("${code}", "${reason}", id="report-03")
    assert laws(receiving(report_03=unknown)) == []


def test_seal_and_signature_handed_to_one_person() -> None:
    same = {"candidateGroups": "", "assignee": "${string(signer)}"}
    one = tag("userTask", "sign-task", camunda__assignee=same["assignee"])
    other = tag("userTask", "seal-task", camunda__assignee=same["assignee"], camunda__dueDate="PT1H")
    assert laws(outgoing(sign_task=one, seal_task=other)) == [("seal-task", "sealed-by-another")]
    another = tag("userTask", "seal-task", camunda__assignee="${string(clerk)}", camunda__dueDate="PT1H")
    assert laws(outgoing(sign_task=one, seal_task=another)) == []


def test_mail_that_reminds_is_no_dispatch() -> None:
    remind = service("mail", io({"text": "${text}"}), topic="notifications.email")
    assert laws(process(start(), remind, end(), path("start mail end"))) == []
    ask = tag("userTask", "ask", name="Nhắc người xử lý qua email", camunda__candidateGroups="clerk")
    assert laws(process(start(), ask, end(), path("start ask end"))) == []


def test_a_sentence_names_the_branch_that_leads_past() -> None:
    named = flow("report-01", "accept", "${known}").replace("<bpmn:sequenceFlow", '<bpmn:sequenceFlow name="Đã biết"')
    skipping = receiving(report_01=some("report-01", default="report-01-check"), more=(named,))
    assert "tới “register” (qua nhánh “Đã biết”) mà" in law_of(skipping)[0].sentence
    late = (boundary("expired", "accept", timer("PT2H")), flow("expired", "register"))
    assert "(qua “expired”)" in law_of(receiving(more=late))[0].sentence
    assert "(qua" not in law_of(receiving("check"))[0].sentence  # it is missing on every branch


def test_what_is_no_part_of_the_text_may_be_set_after_approval() -> None:
    other = Knowledge(forms={**FORMS, "places": FormFacts({"places": FieldFacts(bound="to_places")})})
    failed = boundary("failed", "sign", event("error"))
    more = (failed, task("mend", "specialist", form="places"), path("failed mend sign-task"))
    assert laws(outgoing(more=more), other) == []


def test_a_task_may_wait_for_the_recipient_with_a_message_on_its_border() -> None:
    news = boundary("news", "watch", event("message", "dispatch-status"), interrupting=False)
    reply = boundary("reply", "watch", event("message", "reply-received"))
    late = boundary("late", "watch", timer("P3D"), interrupting=False)
    parts = [start(), op("send", "exchange.send"), task("watch", "clerk"), end(), end("e1"), end("e2"), end("e3")]
    ways = [path("start send watch end"), path("news e1"), path("reply e2"), path("late e3")]
    assert laws(process(*parts, news, reply, late, *ways)) == []
    stopping = boundary("news", "watch", event("message", "dispatch-status"))
    assert laws(process(*parts, stopping, reply, late, *ways)) == [("news", "tracked-until-answered")]


def test_what_comes_after_sending_in_an_unknown_call_may_follow_up() -> None:
    parts = [start(), op("send", "exchange.send"), call("follow", called="follow"), end()]
    assert laws(process(*parts, path("start send follow end"))) == []


def test_roles_that_data_decides_are_given_the_benefit_of_the_doubt() -> None:
    open_group = user("accept", candidateGroups="${group}", dueDate="PT2H")
    assert laws(receiving(accept=open_group)) == []


def test_of_several_timers_the_first_counts() -> None:
    ticks = [boundary(f"t{n}", "accept", timer(limit), interrupting=False) for n, limit in enumerate(("PT2H", "P1D"))]
    more = (*ticks, end("e0"), end("e1"), flow("t0", "e0"), flow("t1", "e1"))
    assert laws(receiving(accept=task("accept", "clerk", due=None), more=more)) == []


def test_the_arrival_may_be_reported_beside_the_first_task() -> None:
    steps = {"arrive": ARRIVAL, "f": both("f"), "report-01": RECEIVING["report-01"], "j": both("j")}
    rest = {name: step for name, step in RECEIVING.items() if name not in ("arrive", "report-01")}
    rest["decide"] = xor("decide", default="decide-register")
    beside = [task("look", "clerk"), path("f look j"), *_refusing(), _recall()]
    assert [rule for _, rule in laws(line({**steps, **rest}, *beside))] == ["resolution-watched"]


def test_a_verdict_that_is_always_the_same_needs_no_choice() -> None:
    fixed = opinion("record-form", "form-check", verdict="pass")
    content = opinion("record-content", "content-check", verdict="pass")
    assert laws(outgoing("weigh", record_form=fixed, record_content=content)) == []


def test_a_part_that_only_seals_or_recalls_one_is_not_asked_for_the_rest() -> None:
    assert laws(process(start(), op("seal", "signing.seal"), end(), path("start seal end"))) == []
    answered = catch("answered", event("message", "recall-answered"))
    back = service("back", io({"dispatch": "${dispatch}"}), topic="exchange.recall")
    assert laws(process(start(), back, answered, end(), path("start back answered end"))) == []


def test_a_signed_document_may_be_cancelled_with_a_trace() -> None:
    cancel = op("cancel", "documents.set-status", status="cancelled")
    more = (boundary("stop", "number-task", event("message", "stop")), cancel, end("end-7"), path("stop cancel end-7"))
    assert laws(outgoing(more=more)) == []
    silent = (boundary("stop", "number-task", event("message", "stop")), end("end-7"), path("stop end-7"))
    assert laws(outgoing(more=silent)) == [("sign", "signed-is-issued")]


def test_a_leader_of_before_has_not_refused_the_recall() -> None:
    asked = catch("asked", event("message", "recall-received"))
    parts = [start(), task("lead", "leader"), asked, report("16", "${why}"), end()]
    assert laws(process(*parts, path("start lead asked report-16 end"))) == [("report-16", "recall-denied")]


def test_a_question_asked_later_gives_no_reason() -> None:
    asks = '<camunda:outputParameter name="reason">${result.note}</camunda:outputParameter>'
    late = task("late", "clerk", form="draft").replace(
        "></bpmn:userTask>",
        f"><bpmn:extensionElements><camunda:inputOutput>{asks}</camunda:inputOutput></bpmn:extensionElements></bpmn:userTask>",
    )
    assert asks in late
    refuse = op("refuse", "documents.refuse", reason="${reason}", reason_code="${code}")
    parts = [start(), refuse, report("02", "${reason}"), late, end()]
    assert laws(process(*parts, path("start refuse report-02 late end"))) == []
    found = laws(process(*parts, path("start late refuse report-02 end")))
    assert found == [("late", "refusal-reasoned")]


def test_a_document_kept_for_information_needs_no_answer() -> None:
    assert laws(receiving(resolve=op("resolve", "documents.resolve", resolution="information"))) == []


def test_whoever_had_the_task_when_the_answer_came_needs_a_deadline() -> None:
    answered = (boundary("answered", "work", event("message", "answer-issued")), flow("answered", "resolve"))
    waiting = task("work", "specialist", due=None)
    found = laws(receiving(work=waiting, watched=False, more=(*answered, flow("work", "end-2"))).replace(
        flow("work", "resolve").encode(), b""))  # fmt: skip
    assert ("work", "resolution-timed") in found


def test_a_procedure_about_something_else_is_asked_nothing() -> None:
    other = tag("callActivity", "other", many("items"), calledElement="x")
    parts = [start(), task("ask", "specialist", due=None), other]
    assert laws(process(*parts, end(), path("start ask other end"))) == []
