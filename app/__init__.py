"""What a person sees: the window and the command line. Qt lives only here."""
