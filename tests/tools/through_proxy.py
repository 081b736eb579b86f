"""What stands before Famn, tried with Python's own TLS: `cert DIR` makes a certificate, `ask PORT CA < requests.json`
makes requests to https://127.0.0.1:PORT and prints status, headers and body of each as JSON."""

import datetime
import json
import ssl
import sys
import http.client
from pathlib import Path


def cert(folder: str) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "famn.example.se")])
    now = datetime.datetime.utcnow()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("famn.example.se")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (Path(folder) / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (Path(folder) / "privkey.pem").write_bytes(pem)


class ToLoopback(http.client.HTTPSConnection):
    """The certificate's name, at this machine."""

    def connect(self) -> None:
        import socket

        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.sock = self._context.wrap_socket(plain, server_hostname="famn.example.se")


def ask(port: str, ca: str) -> None:
    context = ssl.create_default_context(cafile=ca)
    answers = []
    for request in json.load(sys.stdin):
        connection = ToLoopback("famn.example.se", int(port), context=context)
        body = b"x" * request["size"] if "size" in request else (request.get("body") or "").encode()
        try:
            connection.request(request["method"], request["path"], body or None, request.get("headers") or {})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
            headers = {name.lower(): value for name, value in answer.getheaders()}
            answers.append({"status": answer.status, "headers": headers, "body": text, "tls": connection.sock.version() if connection.sock else ""})
        except (ConnectionError, http.client.HTTPException, ssl.SSLError) as cause:
            answers.append({"status": 0, "headers": {}, "body": str(cause), "tls": ""})
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    {"cert": cert, "ask": ask}[sys.argv[1]](*sys.argv[2:])
