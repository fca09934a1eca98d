"""Documents, attachments, registers, numbers, dispatches, links and instructions."""
