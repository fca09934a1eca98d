"""The bell: what somebody has been told, what they choose to be told, reminders they have sent."""
