"""Everything that computes: imaging, networks, click segmentation. No Qt, no argparse, no global state."""
