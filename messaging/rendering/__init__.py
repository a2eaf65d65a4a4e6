"""From a template to a mail. ``liquid``, ``markup``, ``plain``, ``content`` and ``program`` are pure:
they run in the child process that looks at staff's templates, without Django."""
