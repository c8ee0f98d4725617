"""Renderers: a Report becomes text for people, JSON for programs, JUnit for pipelines. Nothing is decided here."""
