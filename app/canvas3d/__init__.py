"""The 3D canvas: one model of view and hand, drawn by OpenGL or, where that fails, by Qt's painter."""
