"""The OpenGL renderer on a real X screen: the rest of the tests run without one, so each of these is a process."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

START = """
import sys
import numpy as np
from app.startup import keep_singletons
keep_singletons()
from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from app import theme
from app.canvas3d.canvas import PoseCanvas
from app.canvas3d.scene import Scene
from tests.unit.app.canvas3d.poses import joint, standing

warnings = []
qInstallMessageHandler(lambda kind, where, text: warnings.append(text))
application = QApplication([])
application.setPalette(theme.palette(theme.DARK))
SKIPPED = 77
"""

GIVEN = """
from PySide6.QtGui import QImage
from app.canvas3d.body import floor_under
from app.canvas3d.frame import Frame, NoGraphicsError, colours_of
from app.canvas3d.looking import turntable
from app.canvas3d.painter import PainterRenderer
from app.canvas3d.viewpoint import Viewpoint
from app.canvas3d.gl import GlRenderer
try:
    gl = GlRenderer()
except NoGraphicsError as problem:
    print(problem)
    sys.exit(SKIPPED)
colours = colours_of(application.palette())
ghost = standing()
ghost[joint("l_wrist")] += (-150, 300, 200)
ghost[joint("r_wrist")] += (0, -250, -150)
scene = Scene(pose=standing(), ghosts=(standing(), ghost))

def frame(azimuth, elevation, perspective=False, ratio=1.0, scene=scene, draft=False):
    view = Viewpoint((500.0, 400.0), turntable(azimuth, elevation), perspective=perspective)
    pose = standing() if scene.pose is None else scene.pose
    floor = None if scene.pose is None else floor_under(pose)
    return Frame(scene, view.fitted(pose), colours, ratio, floor, draft)

def values(image):
    assert image.format() == QImage.Format.Format_RGB32
    array = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return array[..., 2::-1].astype(int)
"""


def run(code: str, **variables: str) -> str:
    """What a process says that runs `code` on the screen; skips where there is none, or no OpenGL."""
    if sys.platform != "linux":
        pytest.skip("these tests run on an X screen")
    if not os.environ.get("DISPLAY"):
        pytest.skip("no DISPLAY: run under scripts/with-screen")
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "QT_LOGGING_RULES": "", **variables}
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", START + textwrap.dedent(code)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    if process.returncode == 77:
        pytest.skip(f"no OpenGL on this screen: {process.stdout.strip()}")
    assert process.returncode == 0, process.stderr[-4000:]
    assert not process.stderr, process.stderr
    return process.stdout


def test_bones_are_where_the_projection_says() -> None:
    run(
        GIVEN
        + """
from engine.pose.joints import MPII_16
for perspective, ratio, draft in ((False, 1, False), (True, 1.5, False), (False, 2, True)):
    picture = frame(0, 0, perspective, ratio, draft=draft)
    image = gl.render(picture)
    assert image.devicePixelRatio() == ratio
    assert (image.width(), image.height()) == (500 * ratio, 400 * ratio)
    mine = values(image)
    for parent, child in MPII_16.ends:
        x, y = (picture.view.project((standing()[parent] + standing()[child]) / 2) * ratio).astype(int)
        red, green, blue = mine[y, x]
        side = MPII_16.joints[child][:2]
        seen = {"l_": blue > red + 40, "r_": red > blue + 40}.get(side, abs(red - blue) < 30 and red > 90)
        assert seen, (MPII_16.joints[child], perspective, ratio, mine[y, x])
    x, y = (picture.view.project((standing()[5] + standing()[0]) / 2) * ratio).astype(int)
    assert np.ptp(mine[y, x]) < 20  # between the ankles nothing is
"""
    )


def test_it_draws_what_the_painter_draws() -> None:
    """Nearly everywhere the two are nearly the same: edges and the veil of candidates may differ."""
    run(
        GIVEN
        + """
dark, light = colours, colours_of(theme.palette(theme.LIGHT))
for azimuth, elevation, perspective, ratio, colours in (
    (0, 0, False, 1, dark), (0.7, 0.4, False, 2, light), (2.5, 0.2, True, 1.5, dark), (0.4, 0.9, True, 1, light)
):
    picture = frame(azimuth, elevation, perspective, ratio)
    mine, theirs = values(gl.render(picture)), values(PainterRenderer().render(picture))
    differing = (np.abs(mine - theirs).max(-1) > 48).mean()
    assert (np.abs(mine - theirs).max(-1) > 12).mean() < 0.05  # the floor and its shadow too
    solid = (np.ptp(theirs, axis=-1) > 60).mean()
    print(azimuth, round(differing, 4), round(solid, 4))
    assert solid > 0.02
    assert differing < 0.2 * solid, (azimuth, differing, solid)
"""
    )


def test_what_is_nearer_hides_what_is_farther() -> None:
    run(
        GIVEN
        + """
from dataclasses import replace
for before in (True, False):
    pose = standing()
    pose[joint("l_wrist")] = pose[joint("r_knee")] + (0, 0, -200 if before else 200)
    pose[joint("l_elbow")] = pose[joint("l_wrist")] + (250, 0, 0)
    picture = frame(0, 0, scene=Scene(pose=pose))
    x, y = picture.view.project(pose[joint("r_knee")]).astype(int)
    red, _, blue = values(gl.render(picture))[y, x]
    assert bool(blue > red + 40) is before
"""
    )


def test_scenes_sizes_and_nothing_at_all() -> None:
    run(
        GIVEN
        + """
from dataclasses import replace
first = values(gl.render(frame(0.3, 0.2)))
assert (values(gl.render(frame(0.3, 0.2))) == first).all()
empty = values(gl.render(frame(0.3, 0.2, scene=Scene())))
assert (empty == empty[0, 0]).all()
assert (values(gl.render(frame(0.3, 0.2))) == first).all()
ghosts = values(gl.render(frame(0.3, 0.2, scene=Scene(ghosts=scene.ghosts))))
assert not (ghosts == empty).all()
gl.close()
try:
    gl.render(frame(0, 0))
except NoGraphicsError as problem:
    assert "went away" in str(problem)
else:
    raise AssertionError("drew with nothing")
"""
    )


def test_the_canvas_uses_it_and_falls_back_when_it_is_lost() -> None:
    run(
        """
canvas = PoseCanvas()
canvas.resize(400, 400)
canvas.show_scene(Scene(pose=standing()))
canvas.show()
picture = canvas.grab().toImage()
if canvas.problem:
    print(canvas.problem)
    sys.exit(SKIPPED)
from app.canvas3d.gl import GlRenderer
assert isinstance(canvas._renderer, GlRenderer), canvas._renderer
canvas._renderer._context.makeCurrent(canvas._renderer._surface)
canvas._renderer.close()
canvas._changed()
again = canvas.grab().toImage()
assert "went away" in canvas.problem, canvas.problem
assert again.size() == picture.size()
assert not isinstance(canvas._renderer, GlRenderer)
canvas.finish()
assert not warnings, warnings
"""
    )


def test_it_notices_when_nothing_arrives() -> None:
    """As where vispy has loaded another library than Qt's: every call goes well, and the picture stays empty."""
    said = run(
        GIVEN
        + """
gl.close()
from app.canvas3d import gl as module
module._Canvas._vispy_get_fb_bind_location = lambda self: 0
canvas = PoseCanvas()
canvas.resize(300, 300)
canvas.show_scene(scene)
canvas.show()
assert not canvas.grab().isNull()
print(canvas.problem)
canvas.finish()
"""
    )
    assert "does not arrive" in said


@pytest.mark.parametrize(
    ("variables", "words"),
    [({"DEEPSKEL_NO_OPENGL": "1"}, "DEEPSKEL_NO_OPENGL"), ({"QT_XCB_GL_INTEGRATION": "none"}, "no OpenGL driver")],
)
def test_without_opengl_it_is_quiet_and_says_why(variables: dict[str, str], words: str) -> None:
    said = run(
        """
canvas = PoseCanvas()
canvas.resize(300, 300)
canvas.show_scene(Scene(pose=standing()))
canvas.show()
assert not canvas.grab().isNull()
print(canvas.problem)
canvas.finish()
assert not warnings, warnings
""",
        **variables,
    )
    assert words in said
