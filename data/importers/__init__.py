"""Files in, records out; a row that cannot be one is held with its reason."""
