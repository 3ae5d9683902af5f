"""Ledgers (台账): pure arithmetic on entries, projects and events; reads no clock, no file and no store."""
