"""A program with a token, and how it calls."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from config.kit import clock
from config.kit.api.registry import scopes
from config.kit.api.services.tokens import token_create
from customers.models import User
from customers.sessions import SessionStore


class Program:
    """Calls the API with a token and nothing else: no cookies."""

    def __init__(self, text: str, language: str = "en") -> None:
        self.text = text
        self.client = Client()
        self.headers = {"authorization": f"Bearer {text}", "accept-language": language}

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method.upper(),
            f"/api/v1{path}",
            content,
            content_type="application/json",
            headers=self.headers | sent,
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.call("get", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("post", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.call("patch", path, body, **headers)


@pytest.fixture
def make_program(ana: User) -> Callable[..., Program]:
    """``make_program("customers:read")``; without scopes it may do everything."""

    def make(*wanted: str, language: str = "en", **values: Any) -> Program:
        _token, text = token_create(name="ERP", wanted=wanted or list(scopes), by=ana, **values)
        return Program(text, language)

    return make


@pytest.fixture
def program(make_program: Callable[..., Program]) -> Program:
    return make_program()


@pytest.fixture
def prove() -> Callable[..., Client]:
    """``prove(client)``: the member of staff behind it proved who they are, just now or then."""

    def prove_now(client: Client, at: float | None = None) -> Client:
        session = SessionStore(
            client.cookies[settings.STAFF_SESSION_COOKIE_NAME].value, scope="backoffice"
        )
        session["proved_at"] = clock.now().timestamp() if at is None else at
        session.save()
        return client

    return prove_now
