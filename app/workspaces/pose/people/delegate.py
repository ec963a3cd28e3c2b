"""How a person looks in the list."""

from __future__ import annotations

import math

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPalette, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.workspaces.pose.people.model import PeopleModel, Role
from app.workspaces.pose.people.signs import draw_flag, draw_status, draw_warning
from app.workspaces.pose.people.thumbnails import SIDE, Thumbnails
from app.workspaces.pose.people.words import error_words, status_of
from engine.pose.project.filtering import HIGH_ERROR

HEIGHT = 72
SIGN = 16
GAP = 10
HIGH = QPalette.ColorRole.WindowText
"""What a high error is written in, after its sign."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class PersonDelegate(QStyledItemDelegate):
    """Picture, name, which person of the photo, error, signs."""

    def __init__(self, model: PeopleModel, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._thumbnails = model, thumbnails

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        return QSize(120, HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        at, person = self._model.data(index, Role.PERSON_INDEX), self._model.data(index, Role.PERSON)
        if person is None:
            return
        area = QRect(option.rect)
        palette: QPalette = option.palette
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._draw_ground(painter, area, palette, state, is_open=self._model.data(index, Role.OPEN))
        picture = QRectF(area.x() + 10, area.y() + (HEIGHT - SIDE) / 2, SIDE, SIDE)
        self._draw_picture(painter, picture, at, palette)
        words = QRectF(picture.right() + GAP, area.y(), 0, HEIGHT)
        words.setRight(area.right() - 12 - SIGN - GAP)
        self._draw_words(painter, words, index, palette, option.font)
        sign = QRectF(area.right() - 12 - SIGN, area.y() + 15, SIGN, SIGN)
        draw_status(painter, sign, status_of(person), palette)
        if person.flagged:
            draw_flag(painter, sign.translated(0, SIGN + 9))
        painter.restore()

    def _draw_ground(
        self, painter: QPainter, area: QRect, palette: QPalette, state: QStyle.StateFlag, *, is_open: bool
    ) -> None:
        shape = QRectF(area).adjusted(4, 2, -4, -2)
        accent = palette.color(QPalette.ColorRole.Highlight)
        if is_open or state & QStyle.StateFlag.State_MouseOver:
            ground = QColor(accent) if is_open else palette.color(QPalette.ColorRole.Midlight)
            ground.setAlphaF(0.2 if is_open else 1.0)
            path = QPainterPath()
            path.addRoundedRect(shape, 8, 8)
            painter.fillPath(path, ground)
        if is_open:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent)
            painter.drawRoundedRect(QRectF(shape.x(), shape.y() + 14, 3, shape.height() - 28), 1.5, 1.5)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(shape.adjusted(1, 1, -1, -1), 7, 7)

    def _draw_picture(self, painter: QPainter, place: QRectF, at: int, palette: QPalette) -> None:
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        pixmap: QPixmap | None = self._thumbnails.get(at, ratio)
        shape = QPainterPath()
        shape.addRoundedRect(place, 8, 8)
        if pixmap is None:
            painter.fillPath(shape, palette.color(QPalette.ColorRole.Midlight))
            return
        painter.save()
        painter.setClipPath(shape)
        painter.drawPixmap(place, pixmap, QRectF(pixmap.rect()))
        painter.restore()

    def _draw_words(
        self,
        painter: QPainter,
        place: QRectF,
        index: QModelIndex | QPersistentModelIndex,
        palette: QPalette,
        font: QFont,
    ) -> None:
        lines = self._lines(index, font)
        metrics = [QFontMetricsF(each) for _, each, _ in lines]
        height = sum(m.height() for m in metrics)
        y = place.y() + (place.height() - height) / 2
        for (text, each, role), m in zip(lines, metrics, strict=True):
            x = place.x()
            if role == HIGH:
                draw_warning(painter, QRectF(x, y + (m.height() - 13) / 2, 13, 13))
                x += 18
            painter.setFont(each)
            painter.setPen(palette.color(role))
            line = QRectF(x, y, place.right() - x, m.height())
            painter.drawText(line, _LEFT, m.elidedText(text, Qt.TextElideMode.ElideMiddle, line.width()))
            y += m.height()

    def _lines(
        self, index: QModelIndex | QPersistentModelIndex, font: QFont
    ) -> list[tuple[str, QFont, QPalette.ColorRole]]:
        """Text, font and colour of the lines; a high error has a colour of its own."""
        model = self._model
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        lines = [(str(model.data(index, Qt.ItemDataRole.DisplayRole)), bold, QPalette.ColorRole.Text)]
        number, together = model.data(index, Role.PLACE)
        if together > 1:
            words = self.tr("person {n} of {all}").format(n=number, all=together)
            lines.append((words, font, QPalette.ColorRole.PlaceholderText))
        error = model.error(model.data(index, Role.PERSON_INDEX), model.data(index, Role.PERSON))
        high = not math.isnan(error) and error > HIGH_ERROR
        lines.append((error_words(error), font, HIGH if high else QPalette.ColorRole.PlaceholderText))
        return lines
