"""WHAT: the nouns, the store, the importers, the boundaries, the scenario."""
