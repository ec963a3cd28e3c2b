"""Poses and annotations to and from files."""
