"""From the ledger to the mail server and back; see the flow in messaging/README.md."""
