"""Telling those who asked to be told: e-mail, webhooks, feeds."""
