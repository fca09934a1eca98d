"""Tell people what has happened, write the letters that are due, give up those that can't arrive."""

from __future__ import annotations

from connectors.notification import live
from connectors.notification.settings import MailSettings, PushSettings
from engine.notices import commands
from engine.platform import Platform, system
from engine.tasks import reminders


def tell_people(platform: Platform) -> int:
    """Do it once for everything that is due; how much was done. Any number of workers may do it at the same time."""
    while platform.run(system(), reminders.remind_due) == reminders.AT_ONCE:
        pass  # each look is a transaction of its own; what is due is told right below
    mail, push = bool(MailSettings.from_environment().host), bool(PushSettings.from_environment().key)
    done, changed = platform.run(system(), commands.give_up_letters), set[int]()
    while True:
        told, agencies = platform.run(system(), commands.tell, mail=mail, push=push)
        changed |= agencies
        done += told
        if not told:
            break
    if changed:
        live.announce(platform.settings.redis_url, changed)
    return done + platform.run(system(), commands.write_letters)
