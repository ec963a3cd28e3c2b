"""What lies over one another on the canvas: photo, tinted mask, backdrop of the cut-out, outline, box, crosshair.

Scene coordinates are source pixels. Nothing here computes: pictures arrive as pyramids, edges as paths.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.canvas.outline import Outline
from app.canvas.pyramid import Pyramid

CRISP = 3.0
"""From this many logical pixels a source pixel on, pixels are shown as squares."""


RIM = ((-1.0, 0.0), (1.5, 0.5), (0.0, -1.0), (0.5, 1.5))
CORE = ((0.0, 0.0), (0.5, 0.5))
"""Where the hairlines of an outline lie, in screen pixels."""


def screen_scale(painter: QPainter) -> float:
    """Device pixels per source pixel."""
    return (
        QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform())
        * painter.device().devicePixelRatioF()
    )


def draw_pyramid(painter: QPainter, pyramid: Pyramid, exposed: QRectF, *, smooth: bool = False) -> None:
    """Draw the part of a pyramid inside `exposed`, from the level that fits the screen; `smooth` at every zoom."""
    part = exposed & pyramid.rect
    if part.isEmpty():
        return
    scale = screen_scale(painter)
    image, rect = pyramid.level(scale), pyramid.rect
    across, down = image.width() / rect.width(), image.height() / rect.height()
    local = part.translated(-rect.topLeft())
    source = QRectF(local.x() * across, local.y() * down, local.width() * across, local.height() * down)
    # Whole pixels and one more on each side, so that smoothing sees the same neighbours whatever part is redrawn.
    whole = source.toAlignedRect().adjusted(-1, -1, 1, 1) & QRect(0, 0, image.width(), image.height())
    target = QRectF(
        rect.x() + whole.x() / across, rect.y() + whole.y() / down, whole.width() / across, whole.height() / down
    )
    painter.setRenderHint(
        QPainter.RenderHint.SmoothPixmapTransform, smooth or scale < CRISP * painter.device().devicePixelRatioF()
    )
    painter.drawImage(target, image, QRectF(whole))


class Layer(QGraphicsItem):
    """An item that is told which part of it has to be redrawn and takes no mouse."""

    def __init__(self, z: float) -> None:
        super().__init__()
        self.setZValue(z)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._bounds = QRectF()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._bounds

    def _resize(self, bounds: QRectF) -> None:
        if bounds != self._bounds:
            self.prepareGeometryChange()
            self._bounds = bounds
        self.update()


class PhotoItem(Layer):
    """The photo."""

    def __init__(self) -> None:
        super().__init__(0)
        self._picture: Pyramid | None = None

    def show_picture(self, picture: Pyramid | None) -> None:
        self._picture = picture
        self._resize(picture.rect if picture else QRectF())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._picture:
            draw_pyramid(painter, self._picture, option.exposedRect)


class MaskItem(Layer):
    """The mask: as a tint over the object, or as the hole in a backdrop that hides everything else."""

    def __init__(self) -> None:
        super().__init__(1)
        self._mask: Pyramid | None = None
        self._photo = QRectF()
        self._backdrop: QBrush | None = None
        self._tint = QColor()

    def show_mask(self, mask: Pyramid | None, photo: QRectF) -> None:
        self._mask, self._photo = mask, photo
        self._colour_mask()
        self._resize(photo)

    def show_tint(self, colour: QColor, opacity: float) -> None:
        """`opacity` in [0, 1] where the object is certain."""
        self._tint = QColor(colour.red(), colour.green(), colour.blue(), round(255 * opacity))
        self._backdrop = None
        self._colour_mask()
        self.update()

    def show_backdrop(self, brush: QBrush) -> None:
        """Hide what is not object behind `brush`."""
        self._backdrop = brush
        self._tint = QColor(0, 0, 0, 255)
        self._colour_mask()
        self.update()

    def _colour_mask(self) -> None:
        colour, alpha = self._tint.rgb() & 0xFFFFFF, self._tint.alpha()
        table = [(round(p * alpha / 255) << 24) | colour for p in range(256)]
        for level in self._mask.levels if self._mask else ():
            level.setColorTable(table)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._mask is None:
            return
        if self._backdrop is None:
            draw_pyramid(painter, self._mask, option.exposedRect)
        else:
            paint_behind(painter, self._mask, self._backdrop, option.exposedRect & self._photo)


def paint_behind(painter: QPainter, mask: Pyramid, backdrop: QBrush, exposed: QRectF) -> None:
    """Cover `exposed` with `backdrop` except where the mask is; the pattern keeps its size at every zoom."""
    to_screen = painter.worldTransform()
    area = to_screen.mapRect(exposed).toAlignedRect()
    if area.isEmpty():
        return
    ratio = painter.device().devicePixelRatioF()
    veil = QImage(area.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    veil.setDevicePixelRatio(ratio)
    veil.fill(Qt.GlobalColor.transparent)
    brush = QPainter(veil)
    brush.translate(-area.topLeft())
    brush.setTransform(to_screen, True)
    pattern = QBrush(backdrop)
    pattern.setTransform(to_screen.inverted()[0])
    brush.fillRect(exposed, pattern)
    brush.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
    draw_pyramid(brush, mask, exposed)
    brush.end()
    painter.save()
    painter.resetTransform()
    painter.drawImage(area.topLeft(), veil)
    painter.restore()


class OutlineItem(Layer):
    """A line along the edge of the object, legible on any photo: light on a dark rim."""

    def __init__(self, z: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
        super().__init__(z)
        self._outline: Outline | None = None
        self._style = style
        self._colour = QColor(Qt.GlobalColor.white)

    def show_outline(self, outline: Outline | None, photo: QRectF) -> None:
        self._outline = outline if outline and not outline.empty else None
        self._resize(photo.adjusted(-4, -4, 4, 4))

    def show_colour(self, colour: QColor) -> None:
        self._colour = colour
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._outline is None:
            return
        path, to_screen = self._outline.path(screen_scale(painter)), painter.worldTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Hairlines next to one another instead of one wide line: Qt strokes them fifty times faster, so that even an
        # outline of fifty thousand points does not hold the window up.
        for colour, shifts in ((QColor(0, 0, 0, 120), RIM), (self._colour, CORE)):
            for dx, dy in shifts:
                painter.setWorldTransform(to_screen * QTransform.fromTranslate(dx, dy))
                painter.strokePath(path, QPen(colour, 0, self._style))
        painter.setWorldTransform(to_screen)


class BoxItem(Layer):
    """The box, with a dark rim under a dashed light line."""

    def __init__(self, z: float) -> None:
        super().__init__(z)
        self._box = QRectF()

    def show_box(self, box: QRectF | None) -> None:
        self._box = box or QRectF()
        self._resize(self._box.adjusted(-4, -4, 4, 4) if box else QRectF())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._box.isEmpty():
            return
        for colour, style in ((QColor(0, 0, 0, 160), Qt.PenStyle.SolidLine), (QColor("white"), Qt.PenStyle.DashLine)):
            pen = QPen(colour, 1.6, style)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawRect(self._box)


class Crosshair(QGraphicsItem):
    """Where the keyboard would click."""

    REACH = 14

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(20)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.hide()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        reach = self.REACH + 2
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for width, colour in ((4.0, QColor(0, 0, 0, 150)), (1.6, QColor("white"))):
            painter.setPen(QPen(colour, width))
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                direction = QPointF(dx, dy)
                painter.drawLine(direction * 4, direction * self.REACH)


def checkerboard(light: QColor, dark: QColor, side: int = 9) -> QBrush:
    """Two greys in squares of `side` screen pixels."""
    tile = QPixmap(2 * side, 2 * side)
    tile.fill(light)
    painter = QPainter(tile)
    painter.fillRect(0, 0, side, side, dark)
    painter.fillRect(side, side, side, side, dark)
    painter.end()
    return QBrush(tile)
