"""``manage.py test``."""


def main(arguments: list[str]) -> int:
    return 0
