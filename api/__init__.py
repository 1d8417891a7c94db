"""THE DOOR: HTTP, settings and the command line. Thin."""
