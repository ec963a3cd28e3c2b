"""People whose pseudo-3D poses are fixed by hand: the project file, what is kept beside it, what is made of it."""
