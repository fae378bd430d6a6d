"""Settings of Hypothesis: it runs by examples, not by the clock of a machine that others use
too."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("rules", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rules")
