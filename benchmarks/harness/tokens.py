"""Signed tokens for the scenarios with `jwt`, and the key set that proves them."""

import base64
import hashlib
import json
import re
import subprocess
from pathlib import Path

ISSUER = "https://idp.example.com"
KNOWN = 100  # tokens that come again and again
FRESH = 16_000  # tokens that come once each
EXPIRES = 4_102_444_800
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")  # SHA-256, RFC 8017 section 9.2


class Signer:
    """An RSA key of 2048 bits. Signs by itself: a process for each of thousands of tokens would take minutes."""

    def __init__(self, work: Path) -> None:
        pem = work / "issuer.key"
        subprocess.run(["openssl", "genrsa", "-out", str(pem), "2048"], check=True, capture_output=True)
        text = subprocess.run(
            ["openssl", "rsa", "-in", str(pem), "-noout", "-text"], check=True, capture_output=True, text=True
        ).stdout
        self.modulus, self.prime1, self.prime2, self.exponent1, self.exponent2, self.coefficient = (
            self._number(text, name)
            for name in ("modulus", "prime1", "prime2", "exponent1", "exponent2", "coefficient")
        )

    @staticmethod
    def _number(text: str, name: str) -> int:
        return int(re.sub(r"[\s:]", "", re.search(rf"^{name}:\s*((?:\s+[0-9a-f:]+\n)+)", text, re.M)[1]), 16)

    def token(self, claims: dict, key: str = "one") -> str:
        signed = ".".join(map(_json, ({"alg": "RS256", "typ": "JWT", "kid": key}, claims)))
        info = DIGEST_INFO + hashlib.sha256(signed.encode()).digest()
        padded = int.from_bytes(b"\x00\x01" + b"\xff" * (253 - len(info)) + b"\x00" + info, "big")
        one = pow(padded, self.exponent1, self.prime1)
        two = pow(padded, self.exponent2, self.prime2)
        signature = two + self.coefficient * (one - two) % self.prime1 * self.prime2
        return f"{signed}.{_base64(signature.to_bytes(256, 'big'))}"

    def public(self, key: str) -> dict:
        modulus = _base64(self.modulus.to_bytes(256, "big"))
        return {"kty": "RSA", "kid": key, "alg": "RS256", "n": modulus, "e": "AQAB"}


def key_set(signers: dict[str, Signer]) -> str:
    """A JSON Web Key Set with the public halves, by the names of the keys."""
    return json.dumps({"keys": [signer.public(name) for name, signer in signers.items()]})


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _json(value: dict) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def claims(number: int) -> dict:
    return {
        "iss": ISSUER,
        "aud": "orders",
        "sub": f"user-{number}",
        "tenant": f"tenant-{number % 10}",
        "scope": "read write",
        "iat": 1_700_000_000,
        "exp": EXPIRES,
    }


def write(work: Path, fresh: int) -> tuple[Path, Path, Path]:
    """The key set, the tokens that come again, and `fresh` others: a file each, one token a line."""
    signer = Signer(work)
    keys, known, others = work / "jwks.json", work / "tokens.txt", work / "fresh-tokens.txt"
    keys.write_text(key_set({"one": signer}))
    known.write_text("".join(signer.token(claims(n)) + "\n" for n in range(KNOWN)))
    others.write_text("".join(signer.token(claims(KNOWN + n)) + "\n" for n in range(fresh)))
    return keys, known, others
