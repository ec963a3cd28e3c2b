"""The Pose workspace: poses seen in 3D and fixed, one photo or a whole set."""
