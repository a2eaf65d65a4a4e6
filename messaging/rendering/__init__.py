"""From a template to a mail.

All but ``service`` and ``words`` is pure: it runs in the child process that looks at staff's
templates, without Django.
"""
