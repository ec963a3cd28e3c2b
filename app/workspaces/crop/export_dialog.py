"""Asks which cut-out to export and where."""

from __future__ import annotations

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from app.document.document import Document
from app.settings import Settings
from app.workspaces.crop.exporting import ENDINGS, Export, size_of, suggested_name
from app.workspaces.save_dialog import SaveDialog, choose, value_of
from engine.crop.prediction import Prediction


class ExportDialog(SaveDialog):
    """`export` holds the answer once the dialog is accepted."""

    def __init__(
        self, document: Document, prediction: Prediction, settings: Settings, look: QPixmap, parent: QWidget
    ) -> None:
        super().__init__(
            self.tr("Export cut-out"), self.tr("Export"), (".png", ".tif", ".tiff"), document, settings, parent
        )
        self._prediction = prediction
        self.export: Export | None = None
        self._what, what = self.choice({"cutout": self.tr("Cut-out"), "mask": self.tr("Mask only")})
        self._area, area = self.choice({"trim": self.tr("Trimmed to the object"), "full": self.tr("Full photo")})
        self._form, form = self.choice({"png": "PNG", "tiff": "TIFF"})
        self.lay_out(look, [(self.tr("Content"), what), (self.tr("Size"), area), (self.tr("Format"), form)])
        choose(self._what, "mask" if settings.export_mask_only else "cutout")
        choose(self._area, "trim" if settings.export_trim else "full")
        choose(self._form, settings.export_format)

    def choose(self, *, mask_only: bool | None = None, trim: bool | None = None, form: str | None = None) -> None:
        """Set options as if they had been clicked."""
        if mask_only is not None:
            choose(self._what, "mask" if mask_only else "cutout")
        if trim is not None:
            choose(self._area, "trim" if trim else "full")
        if form is not None:
            choose(self._form, form)

    def accept(self) -> None:
        s = self.settings
        s.export_mask_only, s.export_trim = value_of(self._what) == "mask", value_of(self._area) == "trim"
        s.export_format = value_of(self._form)
        self.export = Export(
            self.path,
            s.export_mask_only,
            s.export_trim,
            overwrite=self.allowed,
            overwrite_source=self.allowed and self.is_source,
        )
        super().accept()

    def ending(self) -> str:
        return ENDINGS[value_of(self._form) or "png"]

    def suggested(self) -> str:
        mask_only = value_of(self._what) == "mask"
        return suggested_name(self.document.name, mask_only=mask_only, ending=self.ending())

    def follow_name(self, ending: str) -> None:
        for form, usual in ENDINGS.items():
            if ending in (usual, f".{form}"):
                self.choose(form=form)

    def facts(self) -> str:
        photo, mask_only = self.document.photo, value_of(self._what) == "mask"
        width, height = size_of(self._prediction, trim=value_of(self._area) == "trim")
        facts = self.tr("{width} × {height} pixels, {depth} bits a channel").format(
            width=width, height=height, depth=8 if mask_only else photo.bit_depth
        )
        if not mask_only:
            facts += self.tr(", colour profile kept") if photo.icc else self.tr(", sRGB")
        return facts
