"""One package a workspace."""
