"""Tệp bị dừng: what was stopped for a mark of secrecy by mistake may pass when somebody asks and a leader says yes."""
