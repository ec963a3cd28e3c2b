"""The photo on screen and what is drawn over it."""
