"""The command line, one module a verb. Nothing here imports Qt, and nothing heavy is imported before it is needed."""
