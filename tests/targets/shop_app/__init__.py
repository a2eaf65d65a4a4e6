"""An app above targets, as the tests know it: its own tables, and two filters for rules."""
