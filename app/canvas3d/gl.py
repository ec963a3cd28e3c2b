"""The pose by OpenGL, off the screen: vispy draws into a framebuffer, and the widget paints the picture like any other.

So no window has to become one of OpenGL's, which on many a system makes it flicker or turn black, and losing the
context costs no more than falling back to the painter. Importing this module imports vispy, which takes some 50 ms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import vispy

vispy.set_log_level("critical")  # before the import that looks for the library; problems are told in our own words

from PySide6.QtCore import QSize  # noqa: E402
from PySide6.QtGui import QColor, QImage, QOffscreenSurface, QOpenGLContext  # noqa: E402
from PySide6.QtOpenGL import QOpenGLFramebufferObject, QOpenGLFramebufferObjectFormat  # noqa: E402
from vispy import gloo  # noqa: E402
from vispy.gloo.context import FakeCanvas, forget_canvas, set_current_canvas  # noqa: E402

from app.canvas3d import shaders  # noqa: E402
from app.canvas3d.body import Floor  # noqa: E402
from app.canvas3d.frame import Frame, NoGraphicsError  # noqa: E402
from app.canvas3d.ground import floor_lines, shadow_shows  # noqa: E402
from app.canvas3d.mesh import body_mesh, ghost_mesh  # noqa: E402
from app.canvas3d.scene import Scene  # noqa: E402

SAMPLES = 4
"""A pixel, where the driver has them."""
VEIL = ("src_alpha", "one_minus_src_alpha", "one", "one_minus_src_alpha")
"""How what is faint is laid over what is there; the picture itself stays opaque."""
SOFTWARE = ("llvmpipe", "softpipe", "swrast", "software", "swiftshader", "basic render", "gdi generic")
"""In the names of drivers that compute on the processor, lower case."""


class _Canvas(FakeCanvas):
    """Tells vispy which framebuffer it draws into; it would bind the screen's otherwise."""

    def __init__(self) -> None:
        self.buffer = 0
        self._backend = self
        super().__init__()

    def _vispy_get_fb_bind_location(self) -> int:
        return self.buffer


class GlRenderer:
    """Draws with a context of its own.

    Attributes:
        driver: What draws, as it calls itself.
        slow: Whether that computes on the processor.

    Raises:
        NoGraphicsError: There is no OpenGL that can be used.
    """

    def __init__(self) -> None:
        self._context = QOpenGLContext()
        if not self._context.create():
            raise NoGraphicsError("no OpenGL driver answers")
        if self._context.isOpenGLES() or self._context.format().version() < (2, 1):
            raise NoGraphicsError("the graphics driver is too old: OpenGL 2.1 is needed")
        self._surface = QOffscreenSurface()
        self._surface.setFormat(self._context.format())
        self._surface.create()
        self._buffers: dict[int, QOpenGLFramebufferObject] = {}
        self._canvas = _Canvas()
        self._closed = False
        self._shown: tuple[Any, ...] = ()
        self._floor: Floor | None = None
        self._enter()
        try:
            set_current_canvas(self._canvas)
            self._solid = gloo.Program(shaders.SOLID_VERTEX, shaders.SOLID_FRAGMENT)
            self._shadow = gloo.Program(shaders.SHADOW_VERTEX, shaders.SHADOW_FRAGMENT)
            self._line = gloo.Program(shaders.LINE_VERTEX, shaders.LINE_FRAGMENT)
            self._body, self._ghosts = gloo.VertexBuffer(), gloo.VertexBuffer()
            self._counts = 0, 0
            self.driver = str(self._context.functions().glGetString(0x1F01))  # GL_RENDERER
            self._try()
            self.slow = any(name in self.driver.lower() for name in SOFTWARE)
        except NoGraphicsError:
            raise
        except Exception as problem:
            raise NoGraphicsError(f"the graphics driver does not do what is needed ({problem})") from problem
        finally:
            self._context.doneCurrent()

    def _try(self) -> None:
        """Where Qt and vispy have found different OpenGL libraries, all goes well and nothing is drawn."""
        buffer = self._begin(QSize(8, 8), 0)
        gloo.clear((0.25, 0.5, 0.75, 1.0))
        self._canvas.flush()
        colour = buffer.toImage().pixelColor(4, 4)
        buffer.release()
        if max(abs(colour.redF() - 0.25), abs(colour.greenF() - 0.5), abs(colour.blueF() - 0.75)) > 0.02:
            raise NoGraphicsError("what it draws does not arrive")

    def render(self, frame: Frame) -> QImage:
        self._enter()
        try:
            return self._render(frame)
        except NoGraphicsError:
            raise
        except Exception as problem:  # vispy raises what it likes
            raise NoGraphicsError(f"drawing with OpenGL failed ({problem})") from problem
        finally:
            self._context.doneCurrent()

    def close(self) -> None:
        current = self._context.isValid() and self._context.makeCurrent(self._surface)
        self._buffers.clear()
        if not self._closed:
            forget_canvas(self._canvas)
        self._closed = True
        if current:
            self._context.doneCurrent()
        self._surface.destroy()

    def _enter(self) -> None:
        if self._closed or not self._context.isValid() or not self._context.makeCurrent(self._surface):
            raise NoGraphicsError("the graphics driver went away")

    def _render(self, frame: Frame) -> QImage:
        size = QSize(*(max(round(side * frame.ratio), 1) for side in frame.view.size))
        buffer = self._begin(size, 0 if frame.draft and self.slow else SAMPLES)
        gloo.set_state(depth_test=True, blend=False, cull_face=False)
        gloo.set_depth_mask(True)
        gloo.clear(_rgba(frame.colours.ground), depth=1.0)
        if frame.floor is not None:
            self._draw_floor(frame, frame.floor)
        self._draw_solids(frame)
        self._canvas.flush()
        picture = buffer.toImage()
        if not picture.reinterpretAsFormat(QImage.Format.Format_RGB32):
            picture = picture.convertToFormat(QImage.Format.Format_RGB32)
        buffer.release()
        picture.setDevicePixelRatio(frame.ratio)
        return picture

    def _begin(self, size: QSize, samples: int) -> QOpenGLFramebufferObject:
        """The framebuffer that is drawn into from now on."""
        set_current_canvas(self._canvas)
        buffer = self._buffer_of(size, samples)
        buffer.bind()
        self._canvas.buffer = buffer.handle()
        gloo.set_viewport(0, 0, size.width(), size.height())
        return buffer

    def _buffer_of(self, size: QSize, samples: int) -> QOpenGLFramebufferObject:
        buffer = self._buffers.get(samples)
        if buffer is None or buffer.size() != size:
            form = QOpenGLFramebufferObjectFormat()
            form.setAttachment(QOpenGLFramebufferObject.Attachment.CombinedDepthStencil)
            form.setSamples(samples)
            buffer = self._buffers[samples] = QOpenGLFramebufferObject(size, form)
            if not buffer.isValid():
                raise NoGraphicsError(f"the graphics driver has no room for {size.width()} x {size.height()} pixels")
        return buffer

    def _draw_floor(self, frame: Frame, floor: Floor) -> None:
        view, colours = frame.view, frame.colours
        gloo.set_state(depth_test=False, blend=True, blend_func=VEIL)
        if shadow_shows(floor, view):
            if floor is not self._floor:
                self._floor = floor
                self._shadow["u_shadow"] = gloo.Texture2D(
                    floor.shadow.astype(np.float32), interpolation="linear", wrapping="clamp_to_edge"
                )
                order = [0, 1, 3, 2]
                where = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
                self._shadow["a_place"] = floor.corners.astype(np.float32)[order]
                self._shadow["a_where"] = where[order]
            self._shadow["u_matrix"] = view.matrix().T.astype(np.float32)
            self._shadow["u_colour"] = (*_rgba(colours.shadow)[:3], colours.depth)
            self._shadow.draw("triangle_strip")
        lines, shown = floor_lines(floor, view)
        self._line["a_pixel"], self._line["a_shown"] = ribbons(lines), np.repeat(shown, 6).astype(np.float32)
        self._line["u_size"], self._line["u_colour"] = view.size, _rgba(colours.lines)[:3]
        self._line.draw("triangles")

    def _draw_solids(self, frame: Frame) -> None:
        self._upload(frame.scene, frame)
        matrix, axes = frame.view.matrix(), frame.view.rotation
        self._solid["u_matrix"], self._solid["u_axes"] = matrix.T.astype(np.float32), axes.T.astype(np.float32)
        body, ghosts = self._counts
        gloo.set_state(depth_test=True, blend=False, depth_func="less")
        if ghosts:
            # First the depth alone, then the colour of what is in front: a veil of one strength where many overlap.
            self._solid["u_alpha"] = frame.colours.ghosts
            self._solid.bind(self._ghosts)
            gloo.set_color_mask(False, False, False, False)
            self._solid.draw("triangles")
            gloo.set_color_mask(True, True, True, True)
            gloo.set_state(blend=True, blend_func=VEIL, depth_func="lequal")
            self._solid.draw("triangles")
            gloo.set_state(blend=False, depth_func="less")
            gloo.clear(color=False, depth=1.0)
        if body:  # over them, however near they are: it is what is worked on
            self._solid["u_alpha"] = 1.0
            self._solid.bind(self._body)
            self._solid.draw("triangles")

    def _upload(self, scene: Scene, frame: Frame) -> None:
        """Triangles change with the pose and the theme, not with the view."""
        sides = frame.colours.sides
        shown = (scene.pose, scene.ghosts, sides)
        if not self._shown or any(a is not b for a, b in zip(shown, self._shown, strict=True)):
            body, ghosts = body_mesh(scene, sides), ghost_mesh(scene, sides)
            for data, buffer in ((body, self._body), (ghosts, self._ghosts)):
                if len(data):
                    buffer.set_data(data)
            self._counts, self._shown = (len(body), len(ghosts)), shown


def ribbons(lines: npt.NDArray[np.float64], width: float = 1.0) -> npt.NDArray[np.float32]:
    """(N, 2, 2) lines in pixels -> (6 N, 2) corners of triangles of that width: OpenGL's own lines may be too thin."""
    first, last = lines[:, 0], lines[:, 1]
    along = last - first
    across = np.stack([-along[:, 1], along[:, 0]], 1) / np.maximum(np.linalg.norm(along, axis=1), 1e-9)[:, None]
    across *= width / 2
    a, b, c, d = first - across, first + across, last + across, last - across
    return np.stack([a, b, c, a, c, d], 1).reshape(-1, 2).astype(np.float32)


def _rgba(colour: QColor) -> tuple[float, float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF(), colour.alphaF()
