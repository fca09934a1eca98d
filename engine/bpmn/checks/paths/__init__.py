"""What has surely happened when a case comes somewhere, and what surely will: pure analysis of the drawing."""

from engine.bpmn.checks.paths.paths import Paths

__all__ = ["Paths"]
