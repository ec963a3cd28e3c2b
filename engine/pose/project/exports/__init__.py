"""People of a project in the formats of others."""

from engine.pose.project.exports.registry import EXPORTS, Export, Exported, export_people

__all__ = ["EXPORTS", "Export", "Exported", "export_people"]
