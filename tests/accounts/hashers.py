"""A hasher that tells how often it was asked, and for how many rounds."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher

asked: list[int] = []


class CountedHasher(PBKDF2PasswordHasher):
    algorithm = "counted"
    iterations = 3

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        asked.append(iterations or self.iterations)
        return super().encode(password, salt, iterations)
