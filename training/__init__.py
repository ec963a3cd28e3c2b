"""Teaches and measures the engine's networks. Imports engine, never app."""
