"""The poses that are offered for a person, side by side to choose from."""

from __future__ import annotations

from collections.abc import Sequence

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QScrollArea, QStackedLayout, QWidget

from app.widgets import make
from app.workspaces.pose.card import Card, card_size
from engine.pose.project.candidates import Candidate

STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class HypothesisStrip(QWidget):
    """A row of cards that scrolls; Tab comes to one of them, arrow keys go along, Enter chooses. Digits are others'."""

    chosen = Signal(int)
    hovered = Signal(object)
    """Index of the candidate under the mouse or with the focus, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[Card] = []
        self._chosen: int | None = None
        self._hovered: int | None = None
        self.setAccessibleName(self.tr("Hypotheses"))
        self.setObjectName("panelContent")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = QWidget()
        self._content.setObjectName("panelContent")
        self._row = make.row(6, (8, 6, 8, 6), self._content)
        self._row.addStretch(1)
        self._area.setWidget(self._content)
        self._area.viewport().installEventFilter(self)
        self.empty_words = make.label(
            self.tr("No hypotheses yet. Mark joints in the photo, or let the network read it."),
            "muted",
            wrap=True,
            align=make.CENTRE,
        )
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty_words)
        self._pages.addWidget(self._area)
        self._fit()

    def show_candidates(self, candidates: Sequence[Candidate], chosen: int | None) -> None:
        """Offer candidates; the one with index `chosen` is framed. A candidate that was here before costs nothing."""
        while len(self.cards) < len(candidates):
            self._add_card()
        for index, card in enumerate(self.cards):
            card.setVisible(index < len(candidates))
            if index < len(candidates):
                card.show_candidate(candidates[index])
            card.setChecked(index == chosen)
            card.stop_tab(index == (chosen or 0))
        self._pages.setCurrentIndex(1 if candidates else 0)
        if self._hovered is not None and self._hovered >= len(candidates):
            self._hover(self._hovered, False)
        if chosen != self._chosen and chosen is not None and chosen < len(candidates):
            self._area.ensureWidgetVisible(self.cards[chosen], 40, 0)
        self._chosen = chosen

    # Qt's names from here on

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QWheelEvent):
            delta = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta()
            bar = self._area.horizontalScrollBar()
            bar.setValue(bar.value() - (delta.x() or delta.y()))
            return True
        if isinstance(event, QKeyEvent) and isinstance(watched, Card):
            if event.type() == QEvent.Type.ShortcutOverride and self._own(event):
                event.accept()  # arrow keys are shortcuts elsewhere
                return True
            if event.type() == QEvent.Type.KeyPress and self._own(event):
                self._go(self.cards.index(watched), event.key())
                return True
        return False

    # Inside

    def _fit(self) -> None:
        """As high with cards as without, so that the photo above stays where it is."""
        row = self._row.contentsMargins()
        bar = self._area.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(card_size(self.font()).height() + row.top() + row.bottom() + bar)

    def _add_card(self) -> None:
        index = len(self.cards)
        card = Card(index + 1, self._content)
        card.clicked.connect(lambda: self._choose(index))
        card.hovered.connect(lambda on: self._hover(index, on))
        card.installEventFilter(self)
        self.cards.append(card)
        self._row.insertWidget(index, card)

    def _choose(self, index: int) -> None:
        for i, card in enumerate(self.cards):
            card.setChecked(i == self._chosen)  # frames show what holds, not what was pressed
        self.chosen.emit(index)

    def _hover(self, index: int, on: bool) -> None:
        if not shiboken6.isValid(self):
            return  # the focus goes away while the window is taken apart
        now = index if on else None
        if now != self._hovered and (on or self._hovered == index):
            self._hovered = now
            self.hovered.emit(now)

    @staticmethod
    def _own(event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return plain and event.key() in (*STEPS, *ENTER, Qt.Key.Key_Home, Qt.Key.Key_End)

    def _go(self, index: int, key: int) -> None:
        if key in ENTER:
            self._choose(index)
            return
        last = sum(card.isVisibleTo(self._content) for card in self.cards) - 1
        goal = 0 if key == Qt.Key.Key_Home else last if key == Qt.Key.Key_End else index + STEPS[Qt.Key(key)]
        self.cards[index].stop_tab(False)
        card = self.cards[min(max(goal, 0), last)]
        card.stop_tab(True)
        card.setFocus(Qt.FocusReason.TabFocusReason)
        self._area.ensureWidgetVisible(card, 40, 0)
