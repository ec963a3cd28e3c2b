"""How far a set is: a bar of three parts, what they are, and the time it takes."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from app.canvas.joint_words import joint_words
from app.widgets import make
from app.workspaces.pose.people.signs import draw_flag, draw_status, status_colour
from app.workspaces.pose.people.words import Status, time_words
from engine.pose.project.statistics import ByHand, Progress

STATUSES: tuple[Status, ...] = ("reviewed", "changed", "to do")


class ProgressView(QWidget):
    """Figures to read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tr = self.tr
        self._share, self._words = make.label("–", "figure"), make.label(role="muted", wrap=True)
        self._bar = _Bar()
        self._lines = {
            "reviewed": _Line(tr("Reviewed"), "reviewed"),
            "changed": _Line(tr("Changed"), "changed"),
            "to do": _Line(tr("To do"), "to do"),
            "flagged": _Line(tr("Flagged"), "flagged"),
        }
        self._time, self._hand, self._joints = make.label(wrap=True), make.label(wrap=True), _Joints()
        column = make.column(6, parent=self)
        column.addWidget(make.label(tr("Progress"), "section"))
        for widget in (self._share, self._words, self._bar, *self._lines.values()):
            column.addWidget(widget)
        column.addSpacing(14)
        column.addWidget(make.label(tr("Time"), "section"))
        column.addWidget(self._time)
        column.addSpacing(14)
        column.addWidget(make.label(tr("By hand"), "section"))
        column.addWidget(self._hand)
        column.addWidget(self._joints)
        column.addStretch(1)

    def show_progress(self, progress: Progress) -> None:
        """Show counts and times."""
        tr = self.tr
        self._share.setText(tr("{n} %").format(n=_short(100 * progress.share)))
        words = tr("{n} of {all} people reviewed").format(n=f"{progress.reviewed:,}", all=f"{progress.people:,}")
        without = progress.people - progress.posed
        if without:
            words += "\n" + tr("{n} have no pose yet").format(n=f"{without:,}")
        self._words.setText(words)
        parts = {"reviewed": progress.reviewed, "changed": progress.changed, "to do": progress.to_do}
        self._bar.show_parts([parts[status] for status in STATUSES])
        self._bar.setAccessibleName(words)
        for name, count in (*parts.items(), ("flagged", progress.flagged)):
            self._lines[name].show_count(count)
        lines = [tr("{time} spent").format(time=f"<b>{time_words(progress.seconds)}</b>")]
        if math.isnan(progress.median):
            lines.append(tr("What is left can be told when a few people are reviewed."))
        else:
            lines.append(tr("{time} for the median person").format(time=f"<b>{time_words(progress.median)}</b>"))
            lines.append(tr("about {time} left").format(time=f"<b>{time_words(progress.left)}</b>"))
        self._time.setText("<br>".join(lines))

    def show_by_hand(self, by_hand: ByHand) -> None:
        """Show what was placed by hand, and which joints most often."""
        tr = self.tr
        people = int(by_hand.people[1:].sum())
        self._joints.show_counts((by_hand.pose + by_hand.picture).tolist())
        if not people and not by_hand.picture.any():
            self._hand.setText(tr("No joint was placed by hand so far."))
            return
        lines = [
            tr("{joints} joints in space (people: {people})").format(
                joints=f"<b>{int(by_hand.pose.sum()):,}</b>", people=f"<b>{people:,}</b>"
            ),
            tr("{joints} joints in the photo").format(joints=f"<b>{int(by_hand.picture.sum()):,}</b>"),
        ]
        self._hand.setText("<br>".join(lines))


class _Bar(QWidget):
    """Parts side by side; what is to do is what is left of the ground."""

    def __init__(self) -> None:
        super().__init__()
        self._parts = [0, 0, 1]
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: list[int]) -> None:
        self._parts = parts
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(120, 20)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(0, 4, self.width(), 12)
        shape = QPainterPath()
        shape.addRoundedRect(area, 6, 6)
        painter.setClipPath(shape)
        painter.fillRect(area, self.palette().color(QPalette.ColorRole.Mid))
        x, total = 0.0, max(sum(self._parts), 1)
        for status, count in zip(STATUSES, self._parts, strict=True):
            width = area.width() * count / total
            if count and status != "to do":
                part = QRectF(x, area.y(), max(width, 2.0), area.height())
                painter.fillRect(part, status_colour(status, self.palette()))
                if status == "changed":
                    painter.fillRect(part, Qt.BrushStyle.BDiagPattern)
            x += width
        painter.end()


class _Joints(QWidget):
    """How often each joint was placed by hand, the most often first."""

    ROW, NAME = 20, 118

    def __init__(self) -> None:
        super().__init__()
        self._counts: list[tuple[int, int]] = []
        self.setAccessibleName(self.tr("Joints placed by hand"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_counts(self, counts: list[int]) -> None:
        self._counts = sorted(((n, j) for j, n in enumerate(counts) if n), key=lambda each: (-each[0], each[1]))
        self.setAccessibleDescription(", ".join(f"{joint_words(j)} {n:,}" for n, j in self._counts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(120, self.ROW * len(self._counts))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, middle = self.palette(), Qt.AlignmentFlag.AlignVCenter
        room = self.width() - self.NAME - 44
        for row, (count, joint) in enumerate(self._counts):
            y = row * self.ROW
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(QRectF(0, y, self.NAME, self.ROW), middle, joint_words(joint))
            painter.drawText(QRectF(0, y, self.width(), self.ROW), middle | Qt.AlignmentFlag.AlignRight, f"{count:,}")
            bar = QRectF(self.NAME, y + 6, max(room * count / self._counts[0][0], 2.0), self.ROW - 12)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
            painter.drawRoundedRect(bar, 3, 3)
        painter.end()


class _Line(QWidget):
    """A sign, what it means, and how many there are."""

    def __init__(self, text: str, sign: str) -> None:
        super().__init__()
        self._count = QLabel()
        self._count.setAccessibleName(text)
        row = make.row(10, parent=self)
        row.addWidget(_Sign(sign))
        row.addWidget(QLabel(text), 1)
        row.addWidget(self._count)

    def show_count(self, count: int) -> None:
        self._count.setText(f"{count:,}")


class _Sign(QWidget):
    def __init__(self, sign: str) -> None:
        super().__init__()
        self._sign = sign
        self.setFixedSize(16, 16)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._sign == "flagged":
            draw_flag(painter, QRectF(self.rect()))
        else:
            status = next(each for each in STATUSES if each == self._sign)
            draw_status(painter, QRectF(self.rect()), status, self.palette())
        painter.end()


def _short(percent: float) -> str:
    """One decimal where it says something: 0.3, 12, 100; never 100 before all is done."""
    return f"{math.floor(percent * 10) / 10:.1f}" if percent < 10 else f"{math.floor(percent)}"
