from config.kit.api.models.answers import ApiAnswer
from config.kit.api.models.tokens import ApiToken

__all__ = ["ApiAnswer", "ApiToken"]
