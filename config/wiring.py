"""Where siblings meet. Nothing yet: customers, targets and messaging stand on one another."""
