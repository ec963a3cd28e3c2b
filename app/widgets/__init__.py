"""Small widgets that know nothing of photos."""
