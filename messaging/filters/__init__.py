"""What rules of targets can ask about mails. A filter is one file; see targets/README.md."""
