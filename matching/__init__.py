"""WHO: pure functions over records: plates, evidence, weights, the hot list."""
