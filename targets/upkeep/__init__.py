"""Live upkeep: memberships follow every change and the passing of time. See README.md."""
