"""The open document: its state and the commands that change it."""
