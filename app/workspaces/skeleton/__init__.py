"""The Skeleton workspace: skeletons, their scales and inscribed circles."""
