"""The reads archive: every plate read, durable when acknowledged, found in a moment."""
