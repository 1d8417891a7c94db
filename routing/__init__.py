"""WHO MUST KNOW: the desk, the rules, the outbox."""
