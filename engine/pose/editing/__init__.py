"""What can be done to a pose by hand: pure functions from one PoseState to the next."""
