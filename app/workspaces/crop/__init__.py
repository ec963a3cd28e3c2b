"""The Crop workspace: click an object, get it cut out."""
