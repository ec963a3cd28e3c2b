"""What a person sees: the window and the command line. Qt lives only here."""

__version__ = "0.1.0"
