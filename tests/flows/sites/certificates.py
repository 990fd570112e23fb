"""Certificates for servers of the tests: of an authority that the test may trust, expired, or signed by nobody else.

In: a folder, host names. Out: TLS contexts for `Server`, and the authority's file for `SSL_CERT_FILE`.

>>> authority = Authority(tmp_path)
>>> Server(sites, tls=authority.context("www.a.gov.cn"))
"""

import ssl
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


class Authority:
    """Signs certificates; `file` is its own one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = rsa.generate_private_key(65537, 2048)
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
        basics = x509.BasicConstraints(ca=True, path_length=0)
        certificate = self._builder(self._name, self._key, datetime.now(UTC) + timedelta(days=2)).add_extension(basics, True)
        self.file = folder / "authority.pem"
        self.file.write_bytes(certificate.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def context(self, *hosts: str, days: float = 1) -> ssl.SSLContext:
        """Return a server's context with a certificate for `hosts`, valid for so many days from now."""
        key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        certificate = self._builder(name, key, datetime.now(UTC) + timedelta(days=days)).add_extension(names, False)
        file = self._folder / f"{hosts[0]}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
            )
            + certificate.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _builder(self, name: x509.Name, key: rsa.RSAPrivateKey, until: datetime) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder().subject_name(name).issuer_name(self._name).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - timedelta(days=30)).not_valid_after(until)
        )


def of_the_past(context: ssl.SSLContext) -> ssl.SSLContext:
    """Let a server speak TLS 1.0 and 1.1 only."""
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context
