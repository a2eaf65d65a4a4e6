from tests.merging.conftest import in_english, make_full

__all__ = ["in_english", "make_full"]
