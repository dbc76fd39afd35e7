"""Observations in reports and minutes: sentences that tell what others may learn."""
