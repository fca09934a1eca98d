"""Outages of the system itself (sự cố hệ thống, LA-14.3): announced, ended, entered afterwards, reported, closed."""
