"""What nobody waits for but has to be done now and then, by whichever worker comes to it; each may run twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog

from engine import audit, inbox
from engine.directory.queries import today
from engine.documents.prints import orders
from engine.documents.searching import commands as searching
from engine.instances.mending import keeping, messages
from engine.instances.practice.reporting import schedules
from engine.instances.timing import calendar_changes
from engine.notices import commands as notices
from engine.platform import Platform, system
from engine.records import handover
from engine.tasks.succession import commands as succession

log = structlog.get_logger(__name__)
CHORES_EVERY = timedelta(hours=1)
WORDS_AT_ONCE = 200


def do_chores(platform: Platform) -> None:
    """Do every chore once; one that fails is logged and left to the next time."""
    for chore in CHORES:
        try:
            chore(platform)
        except Exception:
            log.exception("chore failed", chore=chore.__name__)


def end_unawaited_messages(platform: Platform) -> None:
    """End kept messages that no running case can ask for any more."""
    ended = platform.run(system(), messages.end_unawaited)
    if ended:
        log.info("kept messages ended", count=ended)


def keep_search_up_to_date(platform: Platform) -> None:
    """Make the words of documents that nobody has come to yet, and have files read that were missed."""
    make_words(platform)
    if wanted := platform.run(system(), searching.want_missing):
        log.info("files are to be read for the search", count=wanted)


def follow_calendars(platform: Platform) -> int:
    """Move the deadlines that follow from a changed calendar, one piece of each change; how many may have more."""
    with platform.reading() as session:
        changes = calendar_changes.running(session)
    return sum(platform.run(system(), calendar_changes.move_deadlines, each) for each in changes)


def make_words(platform: Platform) -> int:
    """Make the words of documents that have changed; how many."""
    made = 0
    while count := platform.run(system(), searching.refresh, limit=WORDS_AT_ONCE):
        made += count
    return made


def anchor_audit_trail(platform: Platform) -> None:
    """Lay the ends of the audit chains down outside the database."""
    from connectors import anchoring  # and with it all that stamps: the web only wants to wake a worker

    anchoring.lay_down(platform)


def drop_expired_prints(platform: Platform) -> None:
    """Take prints away that their owners have had for a week."""
    if dropped := platform.run(system(), orders.drop_expired):
        log.info("expired prints taken away", count=dropped)


def order_reports(platform: Platform) -> None:
    """Order the reports on schedule whose period is over (LA-11.3, LA-14.4)."""
    if ordered := platform.run(system(), schedules.order_due):
        log.info("reports on schedule ordered", count=ordered)


def tidy_notices(platform: Platform) -> None:
    """Let notices about finished work count as read; take old ones away."""
    if gone := platform.run(system(), notices.tidy):
        log.info("old notices taken away", count=gone)


def close_accounts(platform: Platform) -> None:
    """Close the accounts of people who have handed over and whose day has come."""
    if closed := platform.run(system(), succession.close_due):
        log.info("accounts closed after a hand-over", count=closed)


def announce_dossiers(platform: Platform) -> None:
    """Tell keepers, 30 days before, that dossiers are due to be handed over to the archive (SYS-5.b)."""
    if announced := platform.run(system(), handover.announce_due):
        log.info("dossiers due for the archive announced", count=announced)


def tidy_steps(platform: Platform) -> None:
    """Let go of what stood before steps that can't be taken back any more."""
    if gone := platform.run(system(), keeping.tidy):
        log.info("kept steps taken away", count=gone)


def tidy_views(platform: Platform) -> None:
    """Let go of what people have looked at on earlier days (the audit trail has it), and of forms taken by then."""
    platform.run(system(), lambda work: audit.forget_days(work.session, today(work.now)))
    platform.run(system(), lambda work: inbox.forget_forms(work.session, work.now))


CHORES: tuple[Callable[[Platform], None], ...] = (
    end_unawaited_messages,
    anchor_audit_trail,
    keep_search_up_to_date,
    drop_expired_prints,
    tidy_notices,
    close_accounts,
    announce_dossiers,
    order_reports,
    tidy_steps,
    tidy_views,
)
