"""A device that makes passkeys and answers with them, as a browser would send it (WebAuthn §6)."""

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

FLAG = AuthenticatorData.FLAG


class Device:
    """``origin`` is where its owner believes to be; ``knows_owner`` whether it saw a finger."""

    def __init__(self, origin: str = "http://testserver", *, knows_owner: bool = True) -> None:
        self.origin, self.counter = origin, 0
        self.seen = FLAG.USER_PRESENT | (FLAG.USER_VERIFIED if knows_owner else FLAG(0))
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.handle = b""

    def make(self, question: dict[str, Any]) -> str:
        self.handle = websafe_decode(question["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())
        held = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        about = AuthenticatorData.create(
            self._site(question["rp"]["id"]), self.seen | FLAG.ATTESTED, self.counter, bytes(held)
        )
        made = AttestationObject.create("none", about, {})
        told = self._told("webauthn.create", question)
        return self._written(clientDataJSON=told, attestationObject=bytes(made))

    def use(self, question: dict[str, Any]) -> str:
        self.counter += 1
        about = bytes(
            AuthenticatorData.create(self._site(question["rpId"]), self.seen, self.counter)
        )
        told = self._told("webauthn.get", question)
        signed = self.key.sign(about + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._written(
            clientDataJSON=told, authenticatorData=about, signature=signed, userHandle=self.handle
        )

    def _site(self, name: str) -> bytes:
        return hashlib.sha256(name.encode()).digest()

    def _told(self, kind: str, question: dict[str, Any]) -> bytes:
        told = {"type": kind, "challenge": question["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def _written(self, **parts: bytes) -> str:
        key = websafe_encode(self.id)
        response = {name: websafe_encode(part) for name, part in parts.items()}
        return json.dumps({"id": key, "rawId": key, "type": "public-key", "response": response})
