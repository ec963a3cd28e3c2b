"""The readings of an ambiguous click as pictures to choose from."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QButtonGroup, QLabel, QWidget

from app.canvas.pyramid import U8
from app.widgets import make
from app.widgets.picture import Picture
from engine.crop.prediction import Prediction

SIDE = 78
LIMIT = 3


class Candidates(QWidget):
    """Up to three pictures with their score; the chosen one has a coloured rim."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._buttons: list[Picture] = []
        self._labels: list[QLabel] = []
        row = make.row(parent=self)
        for index in range(LIMIT):
            button = Picture(SIDE)
            label = make.label(role="muted", align=make.CENTRE)
            column = make.column(3)
            column.addWidget(button)
            column.addWidget(label)
            row.addLayout(column)
            self._group.addButton(button, index)
            self._buttons.append(button)
            self._labels.append(label)
        row.addStretch(1)
        self._group.idClicked.connect(self.chosen)

    def show_prediction(self, thumbnail: U8, prediction: Prediction | None, colour: QColor) -> None:
        """Show the readings of a prediction over a reduced photo, `thumbnail` (h, w, 3)."""
        candidates = prediction.candidates[:LIMIT] if prediction else ()
        self._group.setExclusive(False)
        for index, (button, label) in enumerate(zip(self._buttons, self._labels, strict=True)):
            present = index < len(candidates)
            button.setVisible(present)
            label.setVisible(present)
            button.setChecked(present and prediction is not None and index == prediction.chosen)
        self._group.setExclusive(True)
        if not candidates:
            return
        masks = [c.thumbnail for c in candidates]
        view = _common_view(masks)
        for index, (candidate, button, label) in enumerate(zip(candidates, self._buttons, self._labels, strict=False)):
            percent = round(100 * candidate.score)
            ratio = self.devicePixelRatioF()
            button.show_picture(_picture(thumbnail, candidate.thumbnail, view, colour, SIDE, ratio))
            label.setText(f"<b>{index + 1}</b>&nbsp; {percent} %")
            words = self.tr("Alternative {number}, confidence {percent} %").format(number=index + 1, percent=percent)
            button.setAccessibleName(words)
            button.setToolTip(words + self.tr(" (key {number})").format(number=index + 1))


def _common_view(masks: list[U8]) -> tuple[float, float, float, float]:
    """The square, as fractions of the photo (x0, y0, x1, y1), around every reading with some room."""
    height, width = masks[0].shape
    ys, xs = np.nonzero(np.maximum.reduce(masks) >= 128)
    if not len(xs):
        return 0.0, 0.0, 1.0, 1.0
    x0, x1, y0, y1 = xs.min(), xs.max() + 1, ys.min(), ys.max() + 1
    # A square larger than the photo's shorter side would show emptiness beside it.
    half = min(0.58 * max(x1 - x0, y1 - y0, 8), min(width, height) / 2)
    cx = min(max((x0 + x1) / 2, half), width - half)
    cy = min(max((y0 + y1) / 2, half), height - half)
    return (cx - half) / width, (cy - half) / height, (cx + half) / width, (cy + half) / height


def _picture(
    photo: U8, mask: U8, view: tuple[float, float, float, float], colour: QColor, side: int, ratio: float
) -> QPixmap:
    """The view of the photo in `side` logical pixels, dimmed and grey where the reading is not."""
    pixels = round(side * ratio)
    tone = _window(photo, view, pixels).astype(np.float32)
    weight = (_window(mask, view, pixels).astype(np.float32) / 255)[..., None]
    grey = tone.mean(axis=2, keepdims=True) * 0.35 + 28
    tint = np.array([colour.red(), colour.green(), colour.blue()], np.float32)
    picture = (weight * (0.82 * tone + 0.18 * tint) + (1 - weight) * grey).clip(0, 255).astype(np.uint8)
    image = QImage(picture.data, pixels, pixels, picture.strides[0], QImage.Format.Format_RGB888).copy()
    pixmap = QPixmap.fromImage(image)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _window(image: U8, view: tuple[float, float, float, float], pixels: int) -> U8:
    height, width = image.shape[:2]
    x0, y0, x1, y1 = view[0] * width, view[1] * height, view[2] * width, view[3] * height
    affine = np.array(
        [[pixels / (x1 - x0), 0, -x0 * pixels / (x1 - x0)], [0, pixels / (y1 - y0), -y0 * pixels / (y1 - y0)]]
    )
    return np.asarray(cv2.warpAffine(image, affine, (pixels, pixels), flags=cv2.INTER_LINEAR), np.uint8)
